"""The kinds of activity, for admins."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from django_htmx.http import HttpResponseClientRefresh

from pipeline.activities import services
from pipeline.activities.forms.kinds import ICONS, KindForm
from pipeline.activities.models import ActivityKind
from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
@admin_required
def kind_list(request: HttpRequest) -> HttpResponse:
    """List the kinds in their order, hidden ones too."""
    return _list(request)


@require_http_methods(["GET", "POST"])
@admin_required
def kind_create(request: HttpRequest) -> HttpResponse:
    """Add a kind."""
    form = KindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        name, icon = form.cleaned_data["name"], form.cleaned_data["icon"]
        key = form.cleaned_data["submission_key"]
        with errors_to(form):
            services.create_kind(name=name, icon=icon, submission_key=key)
            toast(request, _("Kind added"))
            return _leave(request)
    return _sheet(request, {"form": form})


@require_http_methods(["GET", "POST"])
@admin_required
def kind_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a kind, or change its icon."""
    kind = editable_or_403(ActivityKind.objects, acting_user(request), pk=pk)
    form = KindForm(request.POST if request.method == "POST" else None, instance=kind)
    context: dict[str, Any] = {"form": form, "kind": kind}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with errors_to(form):
                services.edit_kind(
                    kind,
                    name=data["name"],
                    icon=data["icon"],
                    shown_version=data["version"],
                )
                toast(request, _("Kind saved"))
                return _leave(request)
        except Conflict as conflict:
            now = conflict.current
            theirs = {name: getattr(now, name) for name in ("name", "icon")}
            context["changes"] = differences(form, theirs)
            with_version(form, now.version)
            return _sheet(request, context, status=409)
    return _sheet(request, context)


@require_POST
@admin_required
def kind_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a kind for logging, or hide it."""
    kind = editable_or_403(ActivityKind.objects, acting_user(request), pk=pk)
    services.offer_kind(kind, is_active=request.POST.get("is_active") == "1")
    return _changed(request)


@require_POST
@admin_required
def order_kinds(request: HttpRequest) -> HttpResponse:
    """Put the kinds in the order that `order` names, by their ids."""
    try:
        wanted = [int(each) for each in request.POST.get("order", "").split(",")]
    except ValueError:
        return _list(request, status=422)
    services.order_kinds(wanted)
    return _changed(request)


def _list(request: HttpRequest, *, status: int = 200) -> HttpResponse:
    kinds = list(ActivityKind.objects.visible_to(acting_user(request)))
    ids = [kind.pk for kind in kinds]
    entries = [
        {"kind": kind, "up": _swapped(ids, place, -1), "down": _swapped(ids, place, 1)}
        for place, kind in enumerate(kinds)
    ]
    context = {"entries": entries}
    return render_part(
        request, "activities/kind_list.html", "kinds", context, status=status
    )


def _swapped(ids: list[int], place: int, step: int) -> str:
    """Return the order with the kind moved by one, "" at the end of the list."""
    other = place + step
    if not 0 <= other < len(ids):
        return ""
    moved = ids.copy()
    moved[place], moved[other] = moved[other], moved[place]
    return ",".join(str(pk) for pk in moved)


def _changed(request: HttpRequest) -> HttpResponse:
    if wants_part(request):
        return _list(request)
    return redirect("activities:kind_list")


def _leave(request: HttpRequest) -> HttpResponse:
    if wants_part(request):
        return HttpResponseClientRefresh()
    return redirect("activities:kind_list")


def _sheet(
    request: HttpRequest, context: dict[str, Any], *, status: int = 0
) -> HttpResponse:
    refused = 422 if context["form"].errors else 200
    return render_part(
        request,
        "activities/kind_form.html",
        "sheet",
        context | {"icons": ICONS},
        status=status or refused,
    )
