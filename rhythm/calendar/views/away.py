"""Who is away, and who stands in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from rhythm.calendar.forms.working import DeputyForm, LeaveDaysForm, LeaveForm, soon
from rhythm.calendar.models import Deputyship
from rhythm.calendar.selectors import away as selectors
from rhythm.calendar.services import deputies
from rhythm.people.access import acting_user, editable_or_403
from rhythm.people.models import Leave
from rhythm.people.services import leave as leaves
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def away(request: HttpRequest) -> HttpResponse:
    """Show who is away, and who chairs instead."""
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def leave_create(request: HttpRequest) -> HttpResponse:
    """Enter leave: the own, or that of somebody one leads."""
    editor = acting_user(request)
    form = LeaveForm(_sent(request), editor=editor, initial=soon(_today(request)))
    if form.is_valid():
        data = form.cleaned_data
        with errors_to(form):
            leaves.enter_leave(
                data["user"],
                first_on=data["first_on"],
                last_on=data["last_on"],
                by=editor,
                today=_today(request),
                submission_key=data["submission_key"],
            )
            toast(request, _("Leave entered"))
            return go(request, "calendar:away")
    return _sheet(request, form, _("Leave"))


@require_http_methods(["GET", "HEAD", "POST"])
def leave_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Give leave other days."""
    editor = acting_user(request)
    leave = editable_or_403(Leave.objects, editor, pk=pk)
    names = ("first_on", "last_on", "version")
    shown = {name: getattr(leave, name) for name in names}
    form = LeaveDaysForm(_sent(request), initial=shown)
    if form.is_valid():
        data = form.cleaned_data
        try:
            with errors_to(form):
                leaves.edit_leave(
                    leave,
                    first_on=data["first_on"],
                    last_on=data["last_on"],
                    by=editor,
                    today=_today(request),
                    shown_version=data["version"],
                )
                toast(request, _("Saved"))
                return go(request, "calendar:away")
        except Conflict as conflict:
            current = conflict.current
            theirs = {name: getattr(current, name) for name in names[:2]}
            changes = differences(form, theirs)
            with_version(form, current.version)
            return _sheet(request, form, _("Leave"), changes=changes, status=409)
    return _sheet(request, form, _("Leave"))


@require_POST
def leave_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take leave back."""
    editor = acting_user(request)
    leave = editable_or_403(Leave.objects, editor, pk=pk)
    shown = whole_number(request.POST.get("version")) or 0
    try:
        leaves.remove_leave(leave, by=editor, shown_version=shown)
    except Conflict:
        text = _("Somebody changed this meanwhile. This is how it stands now.")
        return _page(request, text, 409)
    toast(request, _("Leave removed"))
    return go(request, "calendar:away")


@require_http_methods(["GET", "HEAD", "POST"])
def deputy_create(request: HttpRequest) -> HttpResponse:
    """Name who chairs instead, for some days."""
    editor = acting_user(request)
    form = DeputyForm(_sent(request), editor=editor, initial=soon(_today(request)))
    if form.is_valid():
        with errors_to(form):
            data = dict(form.cleaned_data)
            deputies.name_deputy(**data, by=editor, today=_today(request))
            toast(request, _("Deputy named. The meetings follow within a minute."))
            return go(request, "calendar:away")
    return _sheet(request, form, _("Deputy"))


@require_POST
def deputy_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the chair back."""
    editor = acting_user(request)
    found = editable_or_403(Deputyship.objects, editor, pk=pk)
    deputies.remove_deputy(found, by=editor)
    toast(request, _("The chair goes back within a minute"))
    return go(request, "calendar:away")


def _page(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    viewer = acting_user(request)
    context = {
        "away": selectors.away(viewer, now=timezone.now()),
        "error": error,
    }
    return render(request, "calendar/away.html", context, status=status)


def _sheet(
    request: HttpRequest,
    form: Any,
    title: str,
    *,
    changes: object = None,
    status: int = 0,
) -> HttpResponse:
    context = {"form": form, "title": title, "changes": changes, "url": request.path}
    refused = 422 if form.errors else 200
    template = "calendar/away_form.html"
    return render_part(request, template, "sheet", context, status=status or refused)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _today(request: HttpRequest) -> date:
    return acting_user(request).today(timezone.now())
