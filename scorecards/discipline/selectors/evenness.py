"""Does it happen all quarter, or only at its end: what leaders do, week by week."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, F, QuerySet, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, TruncDate

from pipeline.comments.models import Comment
from pipeline.meetings.spans import DAY, WEEK, View, span_around
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of
from pipeline.reviews.models import Decision, ReviewItem
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.people.models import User
from scorecards.discipline.selectors.kept import led_teams

WEEKS, LAST = 13, 3
# What is less than this says nothing about anybody's habit.
FEWEST = 6
MEETINGS, COACHING, EDITS = WHAT = ("meetings", "coaching", "edits")


@dataclass(frozen=True)
class Acts:
    """What one leader did, or all of them, in the weeks of a quarter."""

    # Whose they are; "" for all of them.
    name: str
    # By what it is, how often in each week.
    weeks: Mapping[str, Sequence[int]]

    def count(self, *what: str) -> int:
        """Return how often, of all kinds where none is named."""
        return sum(sum(self.weeks[each]) for each in what or WHAT)

    def late_share(self) -> float | None:
        """Return the share of it in the last three weeks, None where there is none.

        Late share = acts in weeks 11 to 13 of the quarter / acts in all its weeks.
        """
        late = sum(sum(numbers[-LAST:]) for numbers in self.weeks.values())
        whole = self.count()
        return late / whole if whole else None


@dataclass(frozen=True)
class Evenness:
    """What leaders did in a quarter, and who did most of it at its end."""

    # On which day each week begins; the last one takes the days that are left over.
    weeks: Sequence[date]
    # How many of them have begun.
    begun: int
    whole: Acts
    # In the order of the tree of teams. Two may have the same name.
    leaders: Sequence[Acts]
    # More than this share in the last three weeks is too much, in percent.
    limit: int

    def is_late(self, acts: Acts) -> bool:
        """Return whether more than the limit was done at the end of the quarter.

        In whole percent, as it is shown.
        """
        share = acts.late_share()
        if share is None or acts.count() < FEWEST:
            return False
        return round(100 * share) > self.limit


def evenness(viewer: User, *, now: datetime, is_last: bool = False) -> Evenness:
    """Return what the leaders whom `viewer` sees did in the weeks of this quarter.

    is_last asks for the quarter before. Counted are, on the organisation's wall:
    meetings held, when they were held; coaching, which is 1:1s held, decisions in a
    review to coach, and what a leader wrote on a deal of somebody else; and changes of
    somebody else's deal, but not by import. Two queries.
    """
    organisation = viewer.organisation
    zone = ZoneInfo(organisation.time_zone)
    month = organisation.fiscal_year_month
    today = now.astimezone(zone).date()
    span = span_around(today, View.QUARTER, fiscal_month=month)
    if is_last:
        span = span_around(span.before, View.QUARTER, fiscal_month=month)
    names: dict[int, str] = dict(
        led_teams(viewer)
        .filter(manager__is_active=True)
        .order_by("line", "pk")
        .values_list("manager", "manager__name")
    )
    begins, ends = (
        datetime.combine(day, time(), zone) for day in (span.first, span.last + DAY)
    )
    found: dict[int, dict[str, list[int]]] = {pk: _nothing() for pk in names}
    rows = list(_rows(viewer, list(names), begins, ends))
    for who, what, day, number in rows[0].union(*rows[1:], all=True).order_by():
        week = min((day - span.first).days // WEEK.days, WEEKS - 1)
        found[who][what][week] += number
    weeks = [span.first + WEEK * week for week in range(WEEKS)]
    return Evenness(
        weeks=weeks,
        begun=sum(each <= today for each in weeks),
        whole=Acts("", _sum(found)),
        leaders=[Acts(names[pk], acts) for pk, acts in found.items()],
        limit=organisation.quarter_end_percent,
    )


def _nothing() -> dict[str, list[int]]:
    return {what: [0] * WEEKS for what in WHAT}


def _sum(found: Mapping[int, Mapping[str, Sequence[int]]]) -> dict[str, list[int]]:
    whole = _nothing()
    for weeks in found.values():
        for what, numbers in weeks.items():
            whole[what] = [a + b for a, b in zip(whole[what], numbers, strict=True)]
    return whole


def _rows(
    viewer: User, leaders: Sequence[int], begins: datetime, ends: datetime
) -> Iterator[QuerySet[Any, Any]]:
    """Yield who did what, on which day and how often, each source by itself."""

    def counted(
        rows: QuerySet[Any], what: str, who: str, at: Any
    ) -> QuerySet[Any, Any]:
        found: QuerySet[Any, Any] = (
            rows.annotate(who=Cast(who, BigIntegerField()), what=Value(what), at=at)
            .filter(who__in=leaders, at__gte=begins, at__lt=ends)
            .annotate(day=TruncDate("at", tzinfo=begins.tzinfo))
            .values_list("who", "what", "day")
            .annotate(number=Count("pk"))
            .order_by()
        )
        return found

    held = Meeting.objects.visible_to(viewer).filter(state=MeetingState.HELD)
    of_two = held.filter(kind=MeetingKind.ONE_ON_ONE)
    when = Coalesce("started_at", "starts_at")
    yield counted(held.exclude(kind=MeetingKind.ONE_ON_ONE), MEETINGS, "chair", when)
    yield counted(of_two, COACHING, "chair", when)
    coached = ReviewItem.objects.visible_to(viewer).filter(decision=Decision.COACH)
    yield counted(coached, COACHING, "decided_by", F("decided_at"))
    written = (
        Comment.objects.visible_to(viewer)
        .filter(removed_at=None)
        .exclude(opportunity__owner=F("author"))
    )
    yield counted(written, COACHING, "author", F("created_at"))
    # The moment first: there is an index by it.
    changed = events_of(Opportunity).filter(
        pgh_created_at__gte=begins,
        pgh_created_at__lt=ends,
        pgh_label="change",
        pgh_context__imported__isnull=True,
    )
    user = KT("pgh_context__user")
    others = changed.exclude(owner=Cast(user, BigIntegerField()))
    yield counted(others.annotate(user=user), EDITS, "user", F("pgh_created_at"))
