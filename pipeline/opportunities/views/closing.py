"""Closing a deal, reopening it, giving it to somebody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities import services
from pipeline.opportunities.forms.assign import AssignForm
from pipeline.opportunities.forms.stages import CloseForm, ReopenForm, ShownForm
from pipeline.opportunities.views.answers import changed, sheet
from pipeline.opportunities.views.fetching import editable_deal
from rhythm.people.access import acting_user
from rhythm.web.conflicts import with_version
from rhythm.web.forms import errors_to
from rhythm.web.http import safe_next
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

TEMPLATE = "opportunities/opportunity_close.html"


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a deal as won, lost or walked away from, with the reason."""
    opportunity = editable_deal(request, pk)
    form = CloseForm(request.POST or None, initial={"version": opportunity.version})
    words = {"title": _("Close the deal"), "button": _("Close it")}
    if request.method != "POST" or not form.is_valid():
        return _show(request, opportunity, form, words)
    values = form.cleaned_data
    try:
        with errors_to(form):
            closed = services.close(
                opportunity,
                outcome=values["outcome"],
                reason=values["reason"],
                by=acting_user(request),
                now=timezone.now(),
                shown_version=values["version"],
            )
    except Conflict as conflict:
        return _show(request, conflict.current, form, words, is_conflict=True)
    if form.errors:
        return _show(request, opportunity, form, words)
    label = closed.get_outcome_display()
    toast(request, _("%(deal)s: %(how)s") % {"deal": closed, "how": label})
    return changed(request, closed)


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed deal again, with the reason."""
    opportunity = editable_deal(request, pk)
    form = ReopenForm(request.POST or None, initial={"version": opportunity.version})
    words = {"title": _("Reopen the deal"), "button": _("Reopen it")}
    if request.method != "POST" or not form.is_valid():
        return _show(request, opportunity, form, words)
    try:
        with errors_to(form):
            reopened = services.reopen(
                opportunity,
                reason=form.cleaned_data["reason"],
                by=acting_user(request),
                now=timezone.now(),
                shown_version=form.cleaned_data["version"],
            )
    except Conflict as conflict:
        return _show(request, conflict.current, form, words, is_conflict=True)
    if form.errors:
        return _show(request, opportunity, form, words)
    toast(request, _("%(deal)s is open again") % {"deal": reopened})
    return changed(request, reopened)


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a deal to somebody else: for admins, and for who leads both."""
    by = acting_user(request)
    opportunity = editable_deal(request, pk)
    if not (by.is_admin or by.is_manager):
        raise PermissionDenied
    form = AssignForm(
        by,
        opportunity,
        request.POST or None,
        initial={"version": opportunity.version},
    )
    words = {"title": _("Give it to somebody else"), "button": _("Hand it over")}
    if request.method != "POST" or not form.is_valid():
        return _show(request, opportunity, form, words)
    try:
        with errors_to(form):
            assigned = services.assign(
                opportunity,
                to=form.cleaned_data["to"],
                by=by,
                shown_version=form.cleaned_data["version"],
            )
    except Conflict as conflict:
        return _show(request, conflict.current, form, words, is_conflict=True)
    if form.errors:
        return _show(request, opportunity, form, words)
    values = {"deal": assigned, "person": assigned.owner}
    toast(request, _("%(deal)s is with %(person)s now") % values)
    return changed(request, assigned)


@require_POST
def opportunity_still_there(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the flag that the CRM's export has the deal no more."""
    opportunity = editable_deal(request, pk)
    services.say_still_there(opportunity)
    toast(request, _("Not flagged any more"))
    return changed(request, opportunity)


def _show(
    request: HttpRequest,
    opportunity: Any,
    form: ShownForm,
    words: dict[str, str],
    *,
    is_conflict: bool = False,
) -> HttpResponse:
    context = {
        "opportunity": opportunity,
        "form": form,
        "is_conflict": is_conflict,
        "action": request.path,
        "next": safe_next(request, opportunity.get_absolute_url()),
        **words,
    }
    if is_conflict:
        # What was typed stays; the next try knows what is there now.
        with_version(form, opportunity.version)
    refused = request.method == "POST"
    status = 409 if is_conflict else 422 if refused else 200
    return sheet(request, TEMPLATE, context, status=status)
