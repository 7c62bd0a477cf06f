"""The minutes of a meeting: what came of each block, what was promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.opportunities.models import Opportunity
from pipeline.runner.models import Block, Run
from pipeline.runner.rooms import is_in_writing
from pipeline.runner.selectors.promises import Promises, promises_of
from pipeline.runner.selectors.turns import Board, Turn, board_of
from rhythm.calendar.models import MeetingKind
from rhythm.calendar.selectors.agendas import ICONS
from rhythm.calendar.selectors.people import people_of
from rhythm.people.models import User
from rhythm.web import formats


@dataclass(frozen=True)
class Told:
    """One block in the minutes."""

    title: str
    icon: str
    minutes: int
    took: int
    # The deal that it was about, for those who see it.
    case: str
    case_url: str
    note: str
    was_held: bool


@dataclass(frozen=True)
class Minutes:
    """What one reader may know of a meeting. All texts are ready to print."""

    pk: int
    title: str
    day: str
    clock: str
    chair: str
    took: int
    is_written: bool
    blocks: Sequence[Told]
    promises: Promises
    turns: Sequence[Turn]
    people: Sequence[User]

    @property
    def answered(self) -> list[Turn]:
        return [each for each in self.turns if each.has_answered]

    @property
    def silent(self) -> list[Turn]:
        return [each for each in self.turns if not each.has_answered]

    @property
    def noted(self) -> list[Told]:
        """Return the blocks of which there is something to tell."""
        return [each for each in self.blocks if each.note or each.case]


@dataclass(frozen=True)
class Record:
    """What came of a meeting, read once for all its readers."""

    run: Run
    blocks: Sequence[Block]
    people: Sequence[User]
    # None of a meeting that is no huddle.
    board: Board | None

    def for_reader(self, reader: User, *, now: datetime) -> Minutes:
        """Return what the reader may know of it. At most four queries."""
        meeting = self.run.meeting
        zone = ZoneInfo(reader.time_zone)
        started = meeting.started_at or meeting.starts_at
        ended = meeting.ended_at or started
        seen = self._seen_by(reader)
        return Minutes(
            pk=meeting.pk,
            title=str(meeting),
            day=formats.day(started.astimezone(zone).date(), reader.today(now)),
            clock=formats.clock(started.astimezone(zone)),
            chair=meeting.runner.name,
            took=round((ended - started).total_seconds() / 60),
            is_written=is_in_writing(meeting) and started == ended,
            blocks=[_told(each, seen) for each in self.blocks],
            promises=promises_of(meeting, reader, now=now),
            turns=self.board.for_viewer(reader, now=now) if self.board else (),
            people=self.people,
        )

    def _seen_by(self, reader: User) -> set[int]:
        """Return the ids of the deals in it that the reader sees."""
        deals = {each.opportunity_id for each in self.blocks if each.opportunity_id}
        if not deals:
            return set()
        visible = Opportunity.objects.visible_to(reader).filter(pk__in=deals)
        return set(visible.values_list("pk", flat=True))


def record_of(run: Run, *, now: datetime) -> Record:
    """Return everything that was noted. At most five queries."""
    blocks = Block.objects.filter(run=run).select_related("opportunity__account")
    people = people_of([run.meeting])[run.meeting_id]
    is_huddle = run.meeting.kind == MeetingKind.HUDDLE
    return Record(
        run=run,
        blocks=list(blocks.order_by("position", "pk")),
        people=people,
        board=board_of(run, people, now=now) if is_huddle else None,
    )


def minutes_for(run: Run, reader: User, *, now: datetime) -> Minutes:
    """Return the minutes for one reader. At most nine queries."""
    return record_of(run, now=now).for_reader(reader, now=now)


def _told(block: Block, seen: set[int]) -> Told:
    deal = block.opportunity if block.opportunity_id in seen else None
    return Told(
        title=str(block),
        icon=ICONS[block.kind],
        minutes=block.minutes,
        took=round(block.seconds / 60),
        case=deal.full_name if deal else "",
        case_url=deal.get_absolute_url() if deal else "",
        note=block.note,
        was_held=block.began_at is not None,
    )
