"""The room: before the meeting, in it, and after it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from pipeline.runner.models import Run, Vote
from pipeline.runner.rooms import is_in_writing
from pipeline.runner.selectors.minutes import minutes_for
from pipeline.runner.selectors.promises import promises_of
from pipeline.runner.selectors.room import over_time, planned_agenda
from pipeline.runner.selectors.turns import Turn, turns_of
from pipeline.runner.selectors.votes import is_asked, is_open, worth_of
from pipeline.runner.views.shared import PAGE, Seat, room_context, take_seat
from rhythm.calendar.models import IN_PROGRESS, STARTABLE, MeetingKind, MeetingState
from rhythm.calendar.selectors.people import people_of
from rhythm.web.numbers import whole_number


@require_GET
def room(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the room: its plan, itself where the chair is, or its minutes."""
    seat = take_seat(request, pk)
    state = seat.meeting.state
    if state == MeetingState.PLANNED and is_in_writing(seat.meeting):
        return redirect("runner:answer", pk)
    if state in STARTABLE:
        return _planned(request, seat)
    if seat.run is None or state not in (*IN_PROGRESS, MeetingState.HELD):
        return redirect("meetings:meeting_detail", pk)
    if state == MeetingState.HELD:
        return redirect("runner:minutes", pk)
    return render(request, PAGE, room_context(seat) | {"is_part": False})


def _planned(request: HttpRequest, seat: Seat) -> HttpResponse:
    agenda = planned_agenda(seat.meeting, seat.run, seat.viewer)
    context = {
        "meeting": seat.meeting,
        "agenda": agenda,
        "too_long": over_time(seat.meeting, agenda),
        "is_prepared": seat.run is not None,
        "promises": promises_of(seat.meeting, seat.viewer, now=seat.now),
        "turns": _written(seat),
        "may_run": seat.may_run,
        "now": seat.now,
    }
    return render(request, "runner/room_planned.html", context)


def _written(seat: Seat) -> list[Turn]:
    """Return everybody in a huddle for which somebody wrote already; else nobody."""
    if seat.run is None or seat.meeting.kind != MeetingKind.HUDDLE:
        return []
    people = people_of([seat.meeting])[seat.meeting.pk]
    turns = turns_of(seat.run, people, seat.viewer, now=seat.now)
    return turns if any(each.has_answered for each in turns) else []


@require_GET
def room_pulse(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 204 while nothing is new, otherwise with the room as it is now."""
    seat = take_seat(request, pk)
    if seat.meeting.state not in IN_PROGRESS:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("runner:room", args=[pk])
        return response
    run = seat.started_run
    if whole_number(request.GET.get("pulse")) == run.pulse:
        return HttpResponse(status=204)
    context = room_context(seat) | {"is_part": True}
    response = render(request, "runner/_live.html", context)
    response["Review-Item"] = str(run.current_item_id or "")
    return response


@require_GET
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a meeting, as far as the viewer may know."""
    seat = take_seat(request, pk)
    if seat.meeting.state != MeetingState.HELD or seat.run is None:
        return redirect("meetings:meeting_detail", pk)
    run: Run = seat.run
    told = minutes_for(run, seat.viewer, now=seat.now)
    context = {
        "meeting": seat.meeting,
        "minutes": told,
        "worth": worth_of(run, seat.viewer, seat.now) if is_asked(run) else None,
        "may_vote": is_asked(run)
        and seat.viewer in told.people
        and is_open(run, seat.now),
        "own_vote": Vote.objects.visible_to(seat.viewer).filter(run=run).first(),
    }
    return render(request, "runner/minutes.html", context)
