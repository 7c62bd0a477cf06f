"""Setting a deal right in the middle of its review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.opportunities import services as deals
from pipeline.opportunities.forms.gates import add_errors
from pipeline.opportunities.forms.milestones import MilestoneForm, contacts_of
from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.opportunities.selectors.missing import requirement_of
from pipeline.process.models import Milestone
from pipeline.reviews.forms import DealForm
from pipeline.reviews.selectors.room import items_for
from pipeline.reviews.views.shared import (
    PAGE,
    Seat,
    after_change,
    part,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.models import IN_PROGRESS
from rhythm.people.access import editable_or_403, visible_or_404
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


def _editable_deal(seat: Seat, item_pk: int) -> Opportunity:
    """Return the item's deal; 403 unless the chair may edit it and the review runs.

    One query.
    """
    if seat.review.meeting.state not in IN_PROGRESS:
        raise PermissionDenied
    items = items_for(seat.review, seat.viewer).filter(pk=item_pk)
    deals = Opportunity.objects.filter(pk__in=items.values("opportunity"))
    return editable_or_403(deals, seat.viewer)


@require_http_methods(["GET", "POST"])
def review_deal_edit(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Edit next step, amount and close date where they stand."""
    seat = take_chair(request, pk)
    deal = _editable_deal(seat, item_pk)
    if request.method == "GET":
        return _card(request, step_context(seat, item_pk), DealForm(deal))
    form = DealForm(deal, request.POST)
    if form.is_valid():
        shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
        try:
            with errors_to(form):
                deals.edit(deal, form.values(), by=seat.viewer, shown_version=shown)
                toast(request, _("Saved"))
                return after_change(request, pk, item_pk, touched=[item_pk])
        except Conflict as conflict:
            now = conflict.current
            theirs = {name: getattr(now, name) for name in form.values()}
            changes = differences(form, theirs)
            with_version(form, now.version)
            context = step_context(take_seat(request, pk), item_pk, changes=changes)
            return _card(request, context, form, status=409)
    context = step_context(take_seat(request, pk), item_pk)
    return _card(request, context, form, status=422)


def _card(
    request: HttpRequest, context: dict[str, Any], form: DealForm, *, status: int = 200
) -> HttpResponse:
    context["deal_form"] = form
    name = "reviews/_next.html" if wants_part(request) else PAGE
    return part(request, name, context, status=status)


@require_http_methods(["GET", "POST"])
def review_milestone(
    request: HttpRequest, pk: int, item_pk: int, milestone_pk: int
) -> HttpResponse:
    """Record a milestone of the deal's process in place."""
    seat = take_chair(request, pk)
    deal = _editable_deal(seat, item_pk)
    here = deal.stage_id if deal.is_open else deal.closed_from_id or deal.stage_id
    milestones = Milestone.objects.select_related("stage").filter(stage=here)
    milestone = visible_or_404(milestones, seat.viewer, pk=milestone_pk)
    form = _milestone_form(request, seat, deal, milestone)
    if request.method == "POST" and form.is_valid():
        values = form.values()
        if "overwrite" in request.POST:
            values["shown_version"] = None
        try:
            deals.record_milestone(
                deal, milestone, by=seat.viewer, now=seat.now, **values
            )
            toast(request, _("Milestone recorded"))
            return after_change(request, pk, item_pk, touched=[item_pk])
        except ValidationError as error:
            add_errors(form, error)
        except Conflict as conflict:
            if isinstance(conflict.current, Opportunity):  # the milestone is gone
                toast(request, str(conflict), level="error")
                return after_change(request, pk, item_pk, touched=[item_pk])
            return _milestone_card(request, seat, item_pk, milestone, form, status=409)
    status = 422 if request.method == "POST" else 200
    return _milestone_card(request, seat, item_pk, milestone, form, status=status)


def _milestone_form(
    request: HttpRequest, seat: Seat, deal: Opportunity, milestone: Milestone
) -> MilestoneForm:
    records = MilestoneRecord.objects.filter(opportunity=deal, milestone=milestone)
    record = records.first()
    return MilestoneForm(
        requirement_of(milestone, is_met=bool(record and record.is_met)),
        contacts=contacts_of(deal, seat.viewer),
        today=seat.viewer.today(seat.now),
        record=record,
        data=request.POST if request.method == "POST" else None,
        auto_id=f"m{milestone.pk}-%s",
    )


def _milestone_card(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    milestone: Milestone,
    form: MilestoneForm,
    *,
    status: int,
) -> HttpResponse:
    more = {
        "milestone_form": form,
        "milestone_pk": milestone.pk,
        "is_milestone_conflict": status == 409,
    }
    if wants_part(request):
        names = {"review": seat.review, "deal": {"pk": item_pk}, "row": milestone}
        return part(request, "reviews/_milestone.html", more | names, status=status)
    if request.method == "POST":
        seat = take_seat(request, seat.review.pk)
    context = step_context(seat, item_pk, **more)
    return part(request, PAGE, context, status=status)
