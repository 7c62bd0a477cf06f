"""Many deals changed at once: chosen in the table, with a result for each."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.opportunities.forms.bulk import FORMS, BulkForm
from pipeline.opportunities.models import BulkRun
from pipeline.opportunities.selectors.bulk import (
    Choice,
    chosen_deals,
    matching_deals,
    run_done,
    shown_in,
)
from pipeline.opportunities.selectors.filters import filters_from
from pipeline.opportunities.services.bulk import MOST, change_many
from pipeline.opportunities.views.answers import page_behind, sheet
from pipeline.opportunities.views.board import may_edit
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.http import go, safe_next
from rhythm.web.toasts import toast

TEMPLATE = "opportunities/bulk_edit.html"
# Of the chosen deals, so many are named before anything is done.
SHOWN = 8


@require_http_methods(["GET", "HEAD", "POST"])
def bulk_edit(request: HttpRequest) -> HttpResponse:
    """Ask what to do with the chosen deals, and do it to each by itself."""
    by = acting_user(request)
    kind = request.POST.get("do") or request.GET.get("do") or ""
    if not may_edit(by) or not (kind != "owner" or may_give(by)):
        raise PermissionDenied
    kind = kind if kind in FORMS else "step"
    if request.method != "POST":
        choice = _choice(request, by)
        if not choice.deals:
            toast(request, _("Choose deals first."), level="warning")
            return go(request, _back(request))
        return _ask(request, kind, FORMS[kind](by, choice), choice)
    shown = shown_in(request.POST.get("deals", "").split(","))
    choice = chosen_deals(shown, viewer=by, most=MOST)
    form = FORMS[kind](by, choice, request.POST)
    if form.is_valid():
        with errors_to(form):
            run = change_many(
                form.shown,
                form.change(),
                by=by,
                now=timezone.now(),
                submission_key=form.cleaned_data["submission_key"],
            )
            back = urlencode({"next": _back(request)})
            return go(request, f"{run.get_absolute_url()}?{back}")
    return _ask(request, kind, form, choice, status=422)


def may_give(by: User) -> bool:
    """Return whether the person gives deals to others at all."""
    return by.is_admin or by.is_manager


def _choice(request: HttpRequest, by: User) -> Choice:
    if "all" in request.GET:
        # As the table was narrowed.
        filters = filters_from(QueryDict(request.GET.get("of", "")))
        return matching_deals(filters, viewer=by, now=timezone.now(), most=MOST)
    shown = shown_in(request.GET.getlist("deal"))
    return chosen_deals(shown, viewer=by, most=MOST)


def _back(request: HttpRequest) -> str:
    table = reverse("opportunities:opportunity_list")
    behind = page_behind(request)
    of = request.GET.get("of", "")
    # Without anything the table would begin with a view.
    usual = behind or f"{table}?{QueryDict(of).urlencode() or 'view=0'}"
    return safe_next(request, usual)


def _ask(
    request: HttpRequest,
    kind: str,
    form: BulkForm,
    choice: Choice,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "kind": kind,
        "choice": choice,
        "most": MOST,
        "count": len(choice.deals),
        "others": max(len(choice.deals) - SHOWN, 0),
        "first": choice.deals[:SHOWN],
        "next": _back(request),
    }
    return sheet(request, TEMPLATE, context, status=status)


@require_safe
def bulk_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of each deal."""
    viewer = acting_user(request)
    run = visible_or_404(BulkRun.objects, viewer, pk=pk)
    context = {
        "run": run,
        "done": run_done(run, viewer=viewer),
        "count": len(run.rows),
        "next": safe_next(request, reverse("opportunities:opportunity_list")),
    }
    return render(request, "opportunities/bulk_run.html", context)
