"""Is the rhythm kept: what was held, late, missed or skipped, by leader and week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Coalesce, TruncWeek

from rhythm.calendar.models import Cadence, Meeting, MeetingQuerySet, MeetingState
from rhythm.calendar.selectors.cadences import whom_words
from rhythm.people.models import Membership, Organisation, Team, User

WEEKS = 13
MOST_LEADERS = 60
# So many due and none held: nobody runs it. So many due and fewer than half held:
# nobody follows the rule.
RUN_BY_NOBODY = 2
RULE_DUE = 4
FOLLOWED_SHARE = 0.5
WEEK = timedelta(days=7)
ENDED = (
    MeetingState.HELD,
    MeetingState.MISSED,
    MeetingState.ABANDONED,
    MeetingState.SKIPPED,
)


@dataclass(frozen=True)
class Tally:
    """Meetings that were due, by what became of them."""

    # Held in time, in the product or outside.
    held: int = 0
    late: int = 0
    # Of both: noted as held outside.
    outside: int = 0
    # Not begun, or not brought to their end.
    missed: int = 0
    # Left out for a reason: not counted in the share.
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.held + other.held,
            self.late + other.late,
            self.outside + other.outside,
            self.missed + other.missed,
            self.skipped + other.skipped,
        )

    @property
    def due(self) -> int:
        return self.held + self.late + self.missed

    @property
    def share(self) -> float | None:
        """Return rhythm kept: held / (held + missed). None where nothing was due."""
        return (self.held + self.late) / self.due if self.due else None


@dataclass(frozen=True)
class Leader:
    """Somebody who runs meetings. depth is how far below the top their team stands."""

    pk: int
    name: str
    team: str
    depth: int
    # By week, old to new.
    weeks: Sequence[Tally]

    @property
    def whole(self) -> Tally:
        return sum(self.weeks, Tally())


@dataclass(frozen=True)
class Neglected:
    """A meeting that nobody runs, or a rule that nobody follows."""

    name: str
    whom: str
    tally: Tally
    cadence_id: int


@dataclass(frozen=True)
class Kept:
    """What the page shows."""

    # The Mondays of its weeks, old to new.
    mondays: Sequence[date]
    leaders: Sequence[Leader]
    more_leaders: int
    nobody_runs: Sequence[Neglected]
    nobody_follows: Sequence[Neglected]

    @property
    def whole(self) -> Tally:
        return sum((each.whole for each in self.leaders), Tally())

    @property
    def by_week(self) -> list[Tally]:
        """Return the tally of each week over all leaders, old to new."""
        return [
            sum((each.weeks[index] for each in self.leaders), Tally())
            for index in range(len(self.mondays))
        ]


def kept(viewer: User, *, now: datetime) -> Kept:
    """Return how the leaders whom `viewer` sees kept their rhythm. Six queries.

    The weeks are the last WEEKS, this one included, on the organisation's wall. A
    meeting counts in the week for which its rule called it, whenever it was held.
    """
    zone = ZoneInfo(Organisation.current().time_zone)
    mondays = _mondays(now.astimezone(zone).date())
    due = due_between(led_meetings(viewer), mondays[0], mondays[-1] + WEEK, zone)
    tallies = _by_chair(due, zone)
    leaders = _leaders(viewer, {chair for chair, _monday in tallies}, tallies, mondays)
    return Kept(
        mondays=mondays,
        leaders=leaders[:MOST_LEADERS],
        more_leaders=max(len(leaders) - MOST_LEADERS, 0),
        **_neglected(due),
    )


def led_teams(viewer: User) -> QuerySet[Team]:
    """Return the teams whose leaders' discipline `viewer` may look at."""
    return Team.objects.all() if viewer.sees_all else Team.objects.led_by(viewer)


def led_meetings(viewer: User) -> MeetingQuerySet:
    """Return the meetings of the leaders whose discipline `viewer` may look at.

    Those are the own ones and those of the people led; for executives and admins, all.
    """
    meetings = Meeting.objects.visible_to(viewer)
    if viewer.sees_all:
        return meetings
    led = Membership.objects.led_by(viewer)
    return meetings.filter(Q(chair=viewer) | Q(chair__in=led))


def due_between(
    meetings: MeetingQuerySet, first: date, end: date, zone: ZoneInfo
) -> MeetingQuerySet:
    """Return the ended meetings that were due from `first` to before `end`.

    Adds `due_at`: when their rule called them, or they were to begin.
    """
    begins, ends = (datetime.combine(day, time(), tzinfo=zone) for day in (first, end))
    return (
        meetings.filter(state__in=ENDED)
        .annotate(due_at=Coalesce("called_for", "starts_at"))
        .filter(due_at__gte=begins, due_at__lt=ends)
    )


def _mondays(today: date) -> list[date]:
    this = today - timedelta(days=today.weekday())
    return [this - WEEK * back for back in reversed(range(WEEKS))]


def counts() -> dict[str, Count]:
    """Return what is counted of meetings, by the names of a Tally."""
    held = Q(state=MeetingState.HELD)
    missed = Q(state__in=(MeetingState.MISSED, MeetingState.ABANDONED))
    return {
        "held": Count("pk", filter=held & Q(missed_at=None)),
        "late": Count("pk", filter=held & Q(missed_at__isnull=False)),
        "outside": Count("pk", filter=held & Q(is_outside=True)),
        "missed": Count("pk", filter=missed),
        "skipped": Count("pk", filter=Q(state=MeetingState.SKIPPED)),
    }


def _by_chair(due: MeetingQuerySet, zone: ZoneInfo) -> dict[tuple[int, date], Tally]:
    rows = (
        due.order_by()
        .annotate(week=TruncWeek("due_at", tzinfo=zone))
        .values_list("chair", "week")
        .annotate(**counts())
    )
    return {(chair, week.date()): Tally(*figures) for chair, week, *figures in rows}


def _leaders(
    viewer: User,
    chairs: set[int],
    tallies: dict[tuple[int, date], Tally],
    mondays: Sequence[date],
) -> list[Leader]:
    """Return whoever leads or chairs, in the order of the tree. Two queries."""
    managed: dict[int, tuple[tuple[int, ...], str]] = {}
    for pk, line, name in (
        led_teams(viewer)
        .filter(manager__is_active=True)
        .order_by("line", "pk")
        .values_list("manager_id", "line", "name")
    ):
        managed.setdefault(pk, (tuple(line), name))
    people = dict(
        User.objects.filter(pk__in={*managed, *chairs}).values_list("pk", "name")
    )
    top = min((len(line) for line, _name in managed.values()), default=1)
    last = (float("inf"),)

    def place(pk: int) -> tuple[tuple[float, ...], str]:
        return managed[pk][0] if pk in managed else last, people[pk]

    return [
        Leader(
            pk=pk,
            name=people[pk],
            team=managed[pk][1] if pk in managed else "",
            depth=min(len(managed[pk][0]) - top, 4) if pk in managed else 0,
            weeks=[tallies.get((pk, monday), Tally()) for monday in mondays],
        )
        for pk in sorted(people, key=place)
    ]


def _neglected(due: MeetingQuerySet) -> dict[str, list[Neglected]]:
    """Return what nobody runs, and the rules that nobody follows. Two queries."""
    rows = list(
        due.exclude(cadence=None)
        .order_by()
        .values_list(
            "cadence", Coalesce("team__name", "person__name"), F("chair__name")
        )
        .annotate(**counts())
    )
    concerned = Cadence.objects.filter(pk__in={row[0] for row in rows})
    cadences = {each.pk: each for each in concerned.select_related("team")}
    runs: list[Neglected] = []
    rules: dict[int, Tally] = defaultdict(Tally)
    for cadence, subject, chair, *figures in rows:
        tally = Tally(*figures)
        rules[cadence] += tally
        if tally.due >= RUN_BY_NOBODY and not tally.share:
            runs.append(
                Neglected(f"{cadences[cadence]}, {subject}", chair, tally, cadence)
            )
    follows = [
        Neglected(str(cadences[pk]), whom_words(cadences[pk]), tally, pk)
        for pk, tally in rules.items()
        if tally.due >= RULE_DUE and (tally.share or 0) < FOLLOWED_SHARE
    ]
    return {"nobody_runs": _worst(runs), "nobody_follows": _worst(follows)}


def _worst(found: Iterable[Neglected]) -> list[Neglected]:
    return sorted(found, key=lambda each: (-each.tally.missed, each.name))[:12]
