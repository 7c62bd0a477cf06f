"""The course of a review: begin, rest, hand over, abandon, finish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.options import opportunity_choices
from pipeline.reviews import services
from pipeline.reviews.models import Review
from pipeline.reviews.selectors.minutes import record_of
from pipeline.reviews.selectors.room import items_for
from pipeline.reviews.views.shared import (
    Seat,
    part,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.forms.running import FinishForm
from rhythm.calendar.models import MeetingState
from rhythm.calendar.services.ending import Undecided
from rhythm.calendar.views.seats import (
    ask_who_takes_over,
    ask_why_it_ends,
    set_timer,
)
from rhythm.people.access import visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast


def _attempt(
    request: HttpRequest, pk: int, act: Callable[[Seat], Review]
) -> HttpResponse:
    """Do one thing to a review as its chair, then show the review."""
    seat = take_chair(request, pk)
    try:
        act(seat)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return go(request, seat.review)


@require_POST
def review_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Start a planned review."""
    return _attempt(
        request,
        pk,
        lambda seat: services.begin(seat.review, by=seat.viewer, now=seat.now),
    )


@require_POST
def review_timer(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause the review, or resume it: `to` says which."""
    seat = take_chair(request, pk)
    set_timer(request, seat.review, by=seat.viewer, now=seat.now)
    if not wants_part(request):
        return redirect(seat.review)
    fresh = take_seat(request, pk)
    shown = whole_number(request.POST.get("item"))
    item = items_for(fresh.review, fresh.viewer).filter(pk=shown or 0).first()
    context = step_context(fresh, item.pk if item else None)
    return part(request, "reviews/_top.html", context | {"is_part": True})


@require_POST
def review_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the chair from somebody who cannot go on."""
    seat = take_seat(request, pk)
    services.claim(seat.review, by=seat.viewer)
    toast(request, _("You have the chair now."))
    return go(request, seat.review)


@require_http_methods(["GET", "POST"])
def review_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why the review ends here (GET), or end it."""
    seat = take_chair(request, pk)

    def abandon(reason: str) -> Review:
        services.abandon(seat.review, reason, by=seat.viewer, now=seat.now)
        toast(request, _("Abandoned. What was decided stays."))
        return seat.review

    return ask_why_it_ends(
        request,
        abandon,
        title=_("Abandon the review"),
        text=_(
            "What was decided and promised so far stays. No minutes go out. "
            "Deals without a decision come first next time."
        ),
        back=seat.review.get_absolute_url(),
    )


@require_http_methods(["GET", "POST"])
def review_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who takes the chair (GET), or hand it over."""
    seat = take_chair(request, pk)

    def hand_over(to: User) -> Review | str:
        services.hand_over(seat.review, to=to, by=seat.viewer)
        may_see = Review.objects.visible_to(seat.viewer).filter(pk=pk).exists()
        return seat.review if may_see else "reviews:review_list"

    text = _(
        "The deputy sees every deal on this agenda and decides in your place. "
        "Your private notes stay yours."
    )
    meeting, back = seat.review.meeting, seat.review.get_absolute_url()
    return ask_who_takes_over(request, meeting, hand_over, text=text, back=back)


@require_http_methods(["GET", "POST"])
def review_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is still open and who gets the minutes (GET), or finish."""
    seat = take_chair(request, pk)
    if seat.review.meeting.state == MeetingState.HELD:
        return go(request, "reviews:review_minutes", pk)
    form = FinishForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with errors_to(form):
            try:
                _finish(request, seat, form)
            except Undecided as undecided:
                raise ValidationError(undecided.messages) from undecided
            toast(request, _("Finished. The minutes are on their way."))
            return go(request, "reviews:review_minutes", pk)
    record = record_of(seat.review, seat.viewer.organisation.currency)
    chairs = record.chairs()
    still_open = [each for each in record.items if _is_undecided(each)]
    # Nothing finishes before they are decided or skipped: their owners read it, too.
    concerned = record.people() | {each.opportunity.owner for each in still_open}
    context = {
        "review": seat.review,
        "form": form,
        "undecided": still_open,
        "minutes": record.for_reader(seat.viewer, record.items, is_whole=True),
        "readers": sorted(
            (each for each in concerned if each.is_active),
            key=lambda each: (each in chairs, each.name),
        ),
    }
    status = 422 if form.is_bound and form.errors else 200
    template = "reviews/review_finish.html"
    return render_part(request, template, "sheet", context, status=status)


def _is_undecided(item: Any) -> bool:
    return not item.is_done and not item.is_exception


def _finish(request: HttpRequest, seat: Seat, form: FinishForm) -> None:
    wants_skip = "skip_rest" in request.POST
    services.finish(
        seat.review,
        by=seat.viewer,
        now=seat.now,
        skip_rest=form.cleaned_data["reason"] if wants_skip else None,
    )


@require_http_methods(["GET", "POST"])
def review_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Search deals (GET), or put one on the agenda."""
    seat = take_chair(request, pk)
    if request.method == "POST":
        deal = visible_or_404(
            Opportunity.objects, seat.viewer, pk=whole_number(request.POST.get("deal"))
        )
        try:
            item = services.add_deal(seat.review, deal, by=seat.viewer, now=seat.now)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
            return go(request, seat.review)
        toast(request, _("%(deal)s is on the agenda.") % {"deal": deal})
        if seat.review.meeting.state == MeetingState.PLANNED:
            return go(request, seat.review)
        return go(request, "reviews:review_item", pk, item.pk)
    text = request.GET.get("q", "")
    found = opportunity_choices(seat.viewer, text)
    context = {"review": seat.review, "found": found, "q": text}
    name = "found" if "q" in request.GET else "sheet"
    return render_part(request, "reviews/review_add.html", name, context)
