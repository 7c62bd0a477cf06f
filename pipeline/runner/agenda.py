"""The blocks with which a meeting begins: those of its cadence, or of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rhythm.calendar.agendas import blocks_for
from rhythm.calendar.models import AgendaBlock, BlockKind, Meeting

# What comes first has so long, or what an agenda without it leaves of the meeting.
FIRST_MINUTES = 5


@dataclass(frozen=True)
class Part:
    """A block before it belongs to a meeting. An empty title is its kind's word."""

    kind: str
    title: str
    minutes: int
    how: str

    def __str__(self) -> str:
        return self.title or str(BlockKind(self.kind).label)


def parts_of(meeting: Meeting) -> Sequence[Part]:
    """Return the blocks that a meeting has before anybody changes them.

    What was promised last time always comes first. Those of its kind fit into the
    meeting; of an agenda each has its own minutes. One query with an agenda.
    """
    found = _given(meeting) or [
        Part(each.kind, str(each.title), each.minutes, str(each.how))
        for each in blocks_for(meeting.kind, meeting.planned_minutes)
    ]
    first = [each for each in found if each.kind == BlockKind.COMMITMENTS][:1]
    others = [each for each in found if each.kind != BlockKind.COMMITMENTS]
    left = meeting.planned_minutes - sum(each.minutes for each in others)
    return [*(first or [_commitments(left)]), *others]


def _given(meeting: Meeting) -> list[Part]:
    agenda = meeting.cadence.agenda_id if meeting.cadence else None
    if agenda is None:
        return []
    blocks = AgendaBlock.objects.filter(template=agenda).order_by("position")
    return [Part(each.kind, each.title, each.minutes, each.how) for each in blocks]


def _commitments(left: int) -> Part:
    return Part(BlockKind.COMMITMENTS, "", max(min(FIRST_MINUTES, left), 1), "")
