"""The course of a meeting: prepared, begun, resting, handed over, finished."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.runner import services
from pipeline.runner.models import Run
from pipeline.runner.selectors.series import promised_in
from pipeline.runner.selectors.votes import may_vote
from pipeline.runner.views.shared import Seat, after_change, take_block, take_chair
from rhythm.calendar.models import MeetingState
from rhythm.calendar.selectors.people import people_of
from rhythm.calendar.views.seats import (
    ask_who_takes_over,
    ask_why_it_ends,
    set_timer,
)
from rhythm.people.models import User
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast


def _attempt(
    request: HttpRequest, pk: int, act: Callable[[Seat], object]
) -> HttpResponse:
    """Do one thing to a meeting as who runs it, then show its room."""
    seat = take_chair(request, pk)
    try:
        act(seat)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return go(request, "runner:room", pk)


@require_POST
def room_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the agenda of a meeting now, so that it can be changed."""
    return _attempt(request, pk, lambda seat: services.prepare(seat.meeting))


@require_POST
def room_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a planned meeting, or late, one that was missed."""
    return _attempt(
        request,
        pk,
        lambda seat: services.begin(seat.meeting, by=seat.viewer, now=seat.now),
    )


@require_POST
def room_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the chair of a meeting that one may run."""

    def act(seat: Seat) -> Run:
        return services.hand_over(seat.started_run, to=seat.viewer, by=seat.viewer)

    return _attempt(request, pk, act)


@require_POST
def room_timer(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the clock rest, or go on: `to` says which."""
    seat = take_chair(request, pk)
    run = set_timer(request, seat.started_run, by=seat.viewer, now=seat.now)
    if run is None:
        return go(request, "runner:room", pk)
    return after_change(request, seat, run)


@require_POST
def block_go(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Come to a block. Those who follow along go there too."""
    seat, block = take_block(request, pk, block_pk)
    try:
        run = services.go_to(block, by=seat.viewer, now=seat.now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
        return go(request, "runner:room", pk)
    return after_change(request, seat, run, focus=True)


@require_http_methods(["GET", "POST"])
def room_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who takes the chair (GET), or hand it over."""
    seat = take_chair(request, pk)

    def hand_over(to: User) -> Run:
        return services.hand_over(seat.started_run, to=to, by=seat.viewer)

    text = _(
        "Whoever takes it leads through the blocks from where you are, and receives "
        "what is promised."
    )
    back = reverse("runner:room", args=[pk])
    return ask_who_takes_over(request, seat.meeting, hand_over, text=text, back=back)


@require_http_methods(["GET", "POST"])
def room_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of it and who gets the recap (GET), or finish."""
    seat = take_chair(request, pk)
    run = seat.started_run
    if seat.meeting.state == MeetingState.HELD:
        return go(request, "runner:minutes", pk)
    if request.method == "POST":
        try:
            run = services.finish(run, by=seat.viewer, now=seat.now)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
            return go(request, "runner:room", pk)
        toast(request, _("Finished. The recap is on its way."))
        # Who led from above was not in it, and has no vote.
        votes = may_vote(run, seat.viewer)
        return go(request, "runner:vote" if votes else "runner:minutes", pk)
    context = {
        "meeting": seat.meeting,
        "made": promised_in(seat.meeting, seat.viewer),
        "people": people_of([seat.meeting])[pk],
    }
    return render_part(request, "runner/room_finish.html", "sheet", context)


@require_http_methods(["GET", "POST"])
def room_abandon(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why the meeting ends here (GET), or end it: not held, no recap."""
    seat = take_chair(request, pk)

    def abandon(reason: str) -> str:
        services.abandon(seat.started_run, reason, by=seat.viewer, now=seat.now)
        toast(request, _("Abandoned. What was noted stays."))
        return reverse("meetings:meeting_detail", args=[pk])

    return ask_why_it_ends(
        request,
        abandon,
        title=_("Abandon the meeting"),
        text=_(
            "What was noted and promised so far stays. No recap goes out, and it "
            "does not count as held."
        ),
        back=reverse("runner:room", args=[pk]),
    )
