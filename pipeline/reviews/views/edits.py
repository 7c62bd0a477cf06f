"""Setting a deal right in the middle of its review."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.opportunities import services as deals
from pipeline.opportunities.models import (
    Contact,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
)
from pipeline.process.models import Milestone
from pipeline.reviews.forms import DealForm, MilestoneForm
from pipeline.reviews.models import ReviewItem
from pipeline.reviews.views.shared import (
    PAGE,
    Seat,
    after_change,
    item_or_404,
    part,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.models import MeetingState
from rhythm.people.access import editable_or_403
from rhythm.web import formats
from rhythm.web.forms import errors_to
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


def _editable_deal(seat: Seat, item: ReviewItem) -> Opportunity:
    """Return the item's deal; 403 unless the chair may edit it and the review runs."""
    if seat.review.meeting.state not in (MeetingState.RUNNING, MeetingState.PAUSED):
        raise PermissionDenied
    deal: Opportunity = editable_or_403(
        Opportunity.objects, seat.viewer, pk=item.opportunity_id
    )
    return deal


@require_http_methods(["GET", "POST"])
def review_deal_edit(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Edit next step, amount and close date where they stand."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    deal = _editable_deal(seat, item)
    if request.method == "GET":
        return _card(request, seat, item_pk, DealForm(instance=deal, auto_id="e-%s"))
    form = DealForm(request.POST, instance=deal, auto_id="e-%s")
    if form.is_valid():
        shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
        values = form.values()
        try:
            with errors_to(form):
                deals.edit(deal, values, by=seat.viewer, shown_version=shown)
                toast(request, _("Saved"))
                return after_change(request, pk, item_pk, touched=[item_pk])
        except Conflict as conflict:
            return _conflict(request, seat, item_pk, conflict, values)
    return _card(request, seat, item_pk, form, status=422)


def _conflict(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    conflict: Conflict,
    values: dict[str, Any],
) -> HttpResponse:
    """Answer 409 with both values of what differs; the form keeps the own ones."""
    current: Opportunity = conflict.current  # type: ignore[assignment]
    posted = request.POST.copy()
    posted["version"] = str(current.version)
    form = DealForm(posted, instance=current, auto_id="e-%s")
    fields = DealForm.Meta.fields
    theirs = Opportunity.objects.get(pk=current.pk)
    changes = [
        (
            str(form.fields[name].label),
            _shown(getattr(theirs, name), seat),
            _shown(values[name], seat),
        )
        for name in fields
        if getattr(theirs, name) != values[name]
    ]
    return _card(request, seat, item_pk, form, status=409, changes=changes)


def _shown(value: Any, seat: Seat) -> str:
    if hasattr(value, "isoformat"):
        return formats.day(value, seat.viewer.today(seat.now))
    return "" if value is None else str(value)


def _card(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    form: DealForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    fresh = take_seat(request, seat.review.pk)
    context = step_context(fresh, item_pk, deal_form=form, **more)
    name = "reviews/_next.html" if wants_part(request) else PAGE
    return part(request, name, context, status=status)


@require_http_methods(["GET", "POST"])
def review_milestone(
    request: HttpRequest, pk: int, item_pk: int, milestone_pk: int
) -> HttpResponse:
    """Record a milestone of the deal's process in place."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    deal = _editable_deal(seat, item)
    milestone = get_object_or_404(
        Milestone.objects.visible_to(seat.viewer).filter(
            stage__process=deal.process_id
        ),
        pk=milestone_pk,
    )
    form = _milestone_form(request, seat, deal, milestone)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        shown = values.pop("version")
        try:
            with errors_to(form):
                deals.record_milestone(
                    deal,
                    milestone,
                    by=seat.viewer,
                    now=seat.now,
                    shown_version=None if "overwrite" in request.POST else shown,
                    **values,
                )
                toast(request, _("Milestone recorded"))
                return after_change(request, pk, item_pk, touched=[item_pk])
        except Conflict:
            return _milestone_card(request, seat, item_pk, milestone, form, status=409)
    status = 422 if request.method == "POST" else 200
    return _milestone_card(request, seat, item_pk, milestone, form, status=status)


def _milestone_form(
    request: HttpRequest, seat: Seat, deal: Opportunity, milestone: Milestone
) -> MilestoneForm:
    record = MilestoneRecord.objects.filter(
        opportunity=deal, milestone=milestone
    ).first()
    present = OpportunityContact.objects.filter(opportunity=deal).values("contact")
    contacts = Contact.objects.visible_to(seat.viewer).filter(
        Q(pk__in=present) | Q(account__isnull=False, account=deal.account_id)
    )
    initial: dict[str, Any] = {"version": 0, "is_met": True}
    if record:
        names = ("answer", "contact", "evidence", "done_on", "version")
        initial |= {name: getattr(record, name) for name in names}
    initial["done_on"] = initial.get("done_on") or seat.viewer.today(seat.now)
    posted = request.POST if request.method == "POST" else None
    return MilestoneForm(
        posted,
        initial=initial,
        milestone=milestone,
        contacts=contacts,
        auto_id=f"m{milestone.pk}-%s",
    )


def _milestone_card(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    milestone: Milestone,
    form: MilestoneForm,
    *,
    status: int = 200,
) -> HttpResponse:
    fresh = take_seat(request, seat.review.pk)
    context = step_context(
        fresh, item_pk, milestone_form=form, milestone_pk=milestone.pk
    )
    context["is_milestone_conflict"] = status == 409
    row = next((e for e in context["deal"].milestones if e.pk == milestone.pk), None)
    if row is None:
        raise Http404
    context["row"] = row
    name = "reviews/_milestone.html" if wants_part(request) else PAGE
    return part(request, name, context, status=status)
