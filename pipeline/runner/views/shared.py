"""What the views of the room share: fetching, and the answer that shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from pipeline.runner.models import ELSEWHERE, Block, Run, open_to
from pipeline.runner.selectors.room import room_of
from rhythm.calendar.models import Meeting
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import User
from rhythm.web.htmx import wants_part

PAGE, LIVE = "runner/room.html", "runner/_live.html"
NAMED = ("team", "person", "chair", "deputy", "cadence")


@dataclass(frozen=True)
class Seat:
    """Who asks, for which meeting, when. No run: nothing was prepared yet."""

    viewer: User
    meeting: Meeting
    run: Run | None
    now: datetime
    may_run: bool

    def require_runner(self) -> None:
        """Raise PermissionDenied for those who only look on."""
        if not self.may_run:
            raise PermissionDenied

    @property
    def started_run(self) -> Run:
        """Return the run; 404 while there is none."""
        if self.run is None:
            raise Http404
        return self.run


def take_seat(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of whoever may see the room; otherwise answer 404."""
    viewer = acting_user(request)
    mine = Meeting.objects.editable_by(viewer)
    runs = Run.objects.visible_to(viewer).with_meeting().filter(meeting=pk)
    run = runs.annotate(is_mine=Exists(mine.filter(pk=OuterRef("meeting")))).first()
    if run is not None and run.meeting.kind not in ELSEWHERE:
        is_mine = bool(getattr(run, "is_mine", False))
        return Seat(viewer, run.meeting, run, timezone.now(), may_run=is_mine)
    mine = mine.filter(pk=OuterRef("pk"))
    named = Meeting.objects.select_related(*NAMED)
    with_room = named.filter(open_to(viewer)).exclude(kind__in=ELSEWHERE)
    meeting = visible_or_404(with_room.annotate(is_mine=Exists(mine)), viewer, pk=pk)
    is_mine = bool(getattr(meeting, "is_mine", False))
    return Seat(viewer, meeting, None, timezone.now(), may_run=is_mine)


def take_chair(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of whoever runs it; others who see it get 403."""
    seat = take_seat(request, pk)
    seat.require_runner()
    return seat


def take_block(request: HttpRequest, pk: int, block_pk: int) -> tuple[Seat, Block]:
    """Return a block of the meeting, and the seat of whoever runs that. One query.

    Others who see the room get 403.
    """
    viewer = acting_user(request)
    named = [f"run__meeting__{name}" for name in NAMED]
    blocks = Block.objects.select_related(*named)
    block = editable_or_403(blocks, viewer, pk=block_pk, run__meeting=pk)
    run = block.run
    return Seat(viewer, run.meeting, run, timezone.now(), may_run=True), block


def room_context(
    seat: Seat, *, people: list[User] | None = None, **more: Any
) -> dict[str, Any]:
    """Return what the room and its parts need.

    people are those in the meeting, where the caller has asked.
    """
    room = room_of(seat.started_run, seat.viewer, now=seat.now, people=people)
    return {
        "room": room,
        "may_run": seat.may_run,
        "now": seat.now,
        "promise_key": uuid4(),
        "pulse_url": pulse_url(room.pk, room.pulse),
        **more,
    }


def pulse_url(pk: int, pulse: int) -> str:
    """Return where this window asks for what is new, with what it shows already."""
    return f"{reverse('runner:room_pulse', args=[pk])}?pulse={pulse}"


def show_room(
    request: HttpRequest, seat: Seat, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Answer with the room: all its parts for htmx, otherwise the page."""
    is_part = wants_part(request)
    context = room_context(seat, **more) | {"is_part": is_part}
    response = render(request, LIVE if is_part else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def after_change(
    request: HttpRequest, seat: Seat, run: Run | None = None, **more: Any
) -> HttpResponse:
    """Answer a change: the room anew for htmx, otherwise go back to its page.

    run is as the change returned it. None: it is read again.
    """
    pk = seat.meeting.pk
    if not wants_part(request):
        return redirect("runner:room", pk)
    if run is None:
        return show_room(request, take_seat(request, pk), **more)
    return show_room(request, replace(seat, meeting=run.meeting, run=run), **more)


def part(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with one template for htmx to swap."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
