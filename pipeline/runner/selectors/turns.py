"""Everybody in turn: how the own commitments stand, and what was written before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.runner.models import Answer, Run
from pipeline.runner.selectors.promises import NO_MARKS, Marks, marks_of
from rhythm.calendar.models import MeetingKind
from rhythm.people.models import User
from rhythm.web import formats


@dataclass(frozen=True)
class Turn:
    """One person on the board."""

    pk: int
    name: str
    marks: Marks
    did: str
    will: str
    barrier: str
    # When it was written; "" for somebody who has not answered.
    written: str

    @property
    def has_answered(self) -> bool:
        return bool(self.written)


@dataclass(frozen=True)
class Board:
    """Everybody in a meeting, read once for all who look at it."""

    people: Sequence[User]
    answers: Mapping[int, Answer]
    marks: Mapping[int, Marks]

    def for_viewer(self, viewer: User, *, now: datetime) -> list[Turn]:
        """Return everybody's turn, with times by the viewer's clock. No query."""
        zone, today = ZoneInfo(viewer.time_zone), viewer.today(now)

        def turn(person: User) -> Turn:
            given = self.answers.get(person.pk)
            return Turn(
                pk=person.pk,
                name=person.name,
                marks=self.marks.get(person.pk, NO_MARKS),
                did=given.did if given else "",
                will=given.will if given else "",
                barrier=given.barrier if given else "",
                written=formats.day_clock(given.answered_at.astimezone(zone), today)
                if given
                else "",
            )

        return [turn(each) for each in self.people]


def board_of(run: Run, people: Sequence[User], *, now: datetime) -> Board:
    """Return everybody in the meeting, in order; who runs it comes last.

    One query, for a huddle two: only there is anything written.

    Who wrote something and has left the team since stands behind them.
    """
    written = Answer.objects.filter(run=run).select_related("person").order_by("pk")
    is_huddle = run.meeting.kind == MeetingKind.HUDDLE
    answers = {each.person_id: each for each in written} if is_huddle else {}
    everybody = [*people[1:], *people[:1]]
    gone = [each.person for each in answers.values() if each.person not in people]
    marks = marks_of(run.meeting, everybody, now=now)
    return Board([*everybody, *gone], answers, marks)


def turns_of(
    run: Run, people: Sequence[User], viewer: User, *, now: datetime
) -> list[Turn]:
    """Return everybody in the meeting, as one viewer reads them: `board_of`."""
    return board_of(run, people, now=now).for_viewer(viewer, now=now)
