"""The room of a meeting: its agenda with times, the present block, what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.runner.agenda import Part, parts_of
from pipeline.runner.models import Block, Run
from pipeline.runner.selectors.cases import Case, case_of, with_case
from pipeline.runner.selectors.promises import Promises, promises_of
from pipeline.runner.selectors.turns import Turn, turns_of
from rhythm.calendar.models import BlockKind, Meeting, MeetingState
from rhythm.calendar.selectors.agendas import ICONS, too_long
from rhythm.calendar.selectors.people import people_of
from rhythm.people.models import User
from rhythm.web import formats

# What is promised without a thought is for a week from now.
DUE_IN = timedelta(days=7)
# Of these a live deal is chosen.
WITH_CASE = (
    BlockKind.ACCOUNT_STRATEGY,
    BlockKind.DIFFICULT_CASE,
    BlockKind.ROLE_PLAY,
)


@dataclass(frozen=True)
class AgendaRow:
    """A block on the agenda, as a line."""

    pk: int
    title: str
    icon: str
    minutes: int
    how: str
    # "09:05" for what is to come, "09:05, 12 min" for what is done.
    when: str
    case: str
    is_done: bool
    is_current: bool
    is_first: bool


@dataclass(frozen=True)
class BlockView:
    """The block that the meeting is at. Seconds are those that ran for it."""

    pk: int
    title: str
    icon: str
    how: str
    minutes: int
    # "began 09:05, until 09:20"
    times: str
    seconds: int
    clock: str
    limit: int
    over: str
    note: str
    note_version: int
    takes_case: bool
    case: Case | None
    # There is a deal, and this viewer does not see it.
    is_hidden: bool
    is_first: bool
    is_round: bool


@dataclass(frozen=True)
class Room:
    """A meeting that runs, as one viewer sees it. All texts are ready to print."""

    pk: int
    title: str
    subtitle: str
    chair: str
    is_chair: bool
    is_running: bool
    seconds: int
    clock: str
    planned: str
    limit: int
    is_late: bool
    agenda: Sequence[AgendaRow]
    block: BlockView | None
    previous_pk: int | None
    next_pk: int | None
    promises: Promises
    people: Sequence[User]
    turns: Sequence[Turn]
    default_due: date
    pulse: int
    ends: str

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.agenda)

    @property
    def of_text(self) -> str:
        return _("of %(count)d") % {"count": len(self.agenda)}


def room_of(
    run: Run, viewer: User, *, now: datetime, people: list[User] | None = None
) -> Room:
    """Return the room. At most five queries, in a round six; one less with people."""
    meeting = run.meeting
    zone = ZoneInfo(viewer.time_zone)
    found = with_case(Block.objects.filter(run=run), viewer)
    blocks = list(found.order_by("position", "pk"))
    order = [each.pk for each in blocks]
    place = order.index(run.current_item_id) if run.current_item_id in order else None
    current = None if place is None else blocks[place]
    if people is None:
        people = people_of([meeting])[meeting.pk]
    is_running = meeting.state == MeetingState.RUNNING
    seconds = run.seconds_at(now)
    limit = meeting.planned_minutes * 60
    started = meeting.started_at or meeting.starts_at
    return Room(
        pk=meeting.pk,
        title=str(meeting),
        subtitle=_("%(day)s, %(name)s has the chair")
        % {
            "day": formats.day(started.astimezone(zone).date(), viewer.today(now)),
            "name": meeting.runner.name,
        },
        chair=meeting.runner.name,
        is_chair=meeting.runner == viewer,
        is_running=is_running,
        seconds=seconds,
        clock=formats.stopwatch(seconds),
        planned=formats.stopwatch(limit),
        limit=limit,
        is_late=seconds > limit,
        agenda=_agenda(run, blocks, zone, now),
        block=_block(run, current, viewer, zone, now) if current else None,
        previous_pk=order[place - 1] if place else None,
        next_pk=order[place + 1]
        if place is not None and place + 1 < len(order)
        else None,
        promises=promises_of(meeting, viewer, now=now),
        people=people,
        turns=turns_of(run, people, viewer, now=now)
        if current and current.kind in (BlockKind.ROUND, BlockKind.COMMITMENTS)
        else (),
        default_due=viewer.today(now) + DUE_IN,
        pulse=run.pulse,
        ends=formats.clock((started + timedelta(seconds=limit)).astimezone(zone)),
    )


def planned_agenda(meeting: Meeting, run: Run | None, viewer: User) -> list[AgendaRow]:
    """Return the agenda before the meeting, as it is or would be. At most one query."""
    zone = ZoneInfo(viewer.time_zone)
    at = meeting.starts_at
    blocks: Sequence[Block | Part] = parts_of(meeting)
    if run is not None:
        found = with_case(Block.objects.filter(run=run), viewer)
        blocks = list(found.order_by("position", "pk"))
    rows = []
    for number, each in enumerate(blocks):
        rows.append(_row(each, formats.clock(at.astimezone(zone)), is_first=not number))
        at += timedelta(minutes=each.minutes)
    return rows


def over_time(meeting: Meeting, agenda: Sequence[AgendaRow]) -> str:
    """Return "5 min too long" for what exceeds the meeting; "" for what fits."""
    return too_long(sum(each.minutes for each in agenda), meeting.planned_minutes)


def _row(
    block: Block | Part,
    when: str,
    *,
    is_first: bool,
    is_done: bool = False,
    is_current: bool = False,
) -> AgendaRow:
    case = ""
    if isinstance(block, Block) and getattr(block, "sees_case", False):
        deal = block.opportunity
        case = deal.headline if deal else ""
    return AgendaRow(
        pk=block.pk if isinstance(block, Block) else 0,
        title=str(block),
        icon=ICONS[block.kind],
        minutes=block.minutes,
        how=block.how,
        when=when,
        case=case,
        is_done=is_done,
        is_current=is_current,
        is_first=is_first and block.kind == BlockKind.COMMITMENTS,
    )


def _agenda(
    run: Run, blocks: Sequence[Block], zone: ZoneInfo, now: datetime
) -> list[AgendaRow]:
    """Return the agenda of a meeting that runs: what was, what is, what will be when.

    What is to come follows the present block's own end, or now if that is over.
    """
    found = []
    ahead = now
    for number, each in enumerate(blocks):
        is_current = each.pk == run.current_item_id
        is_done = each.ended_at is not None and not is_current
        if is_current:
            began = each.began_at or now
            when = formats.clock(began.astimezone(zone))
            ahead = max(now, _until(run, each, now))
        elif is_done and each.began_at:
            when = _("%(at)s, %(took)d min") % {
                "at": formats.clock(each.began_at.astimezone(zone)),
                "took": max(round(each.seconds / 60), 1),
            }
        else:
            when = formats.clock(ahead.astimezone(zone))
            ahead += timedelta(minutes=each.minutes)
        found.append(
            _row(
                each,
                when,
                is_first=not number,
                is_done=is_done,
                is_current=is_current,
            )
        )
    return found


def _seconds(run: Run, block: Block, now: datetime) -> int:
    since = run.current_since
    ran = max(int((now - since).total_seconds()), 0) if since else 0
    return block.seconds + ran


def _until(run: Run, block: Block, now: datetime) -> datetime:
    """Return when the present block is over, if its clock does not rest any more."""
    return now + timedelta(seconds=block.minutes * 60 - _seconds(run, block, now))


def _block(
    run: Run, block: Block, viewer: User, zone: ZoneInfo, now: datetime
) -> BlockView:
    seconds, limit = _seconds(run, block, now), block.minutes * 60
    began = formats.clock((block.began_at or now).astimezone(zone))
    until = formats.clock(_until(run, block, now).astimezone(zone))
    times = {"began": began, "until": until}
    is_resting = run.meeting.state != MeetingState.RUNNING
    case = case_of(block, viewer, now=now)
    return BlockView(
        pk=block.pk,
        title=str(block),
        icon=ICONS[block.kind],
        how=block.how,
        minutes=block.minutes,
        times=_("began %(began)s") % times
        if is_resting
        else _("began %(began)s, until %(until)s") % times,
        seconds=seconds,
        clock=formats.stopwatch(seconds),
        limit=limit,
        over=_("over its time by %(minutes)d min")
        % {"minutes": (seconds - limit) // 60}
        if seconds - limit >= 60
        else "",
        note=block.note,
        note_version=block.note_version,
        takes_case=block.kind in WITH_CASE or block.opportunity_id is not None,
        case=case,
        is_hidden=block.opportunity_id is not None and case is None,
        is_first=block.is_first,
        is_round=block.kind == BlockKind.ROUND,
    )
