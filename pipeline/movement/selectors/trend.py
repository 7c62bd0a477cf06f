"""What was open night by night, read from the summaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from pipeline.movement.days import Span
from pipeline.movement.models import DaySummary, SummarisedDay
from pipeline.movement.selectors.asof import Scope
from rhythm.people.models import User

# A short span is shown with what went before it.
LEAST_DAYS = 91
# A longer one is shown by week.
MOST_DAYS = 200


@dataclass(frozen=True)
class Night:
    """What was open when a day ended."""

    day: date
    deals: int
    value: Decimal
    weighted: Decimal


def trend_of(viewer: User, scope: Scope, span: Span) -> list[Night]:
    """Return what was open at the end of each day up to the span's last one.

    At least LEAST_DAYS of them, as far as there are summaries; over MOST_DAYS the last
    of each week. Days end on the organisation's wall. Owners are those of the night,
    so what was handed over later stands with whom it was. Two queries, at the cost of
    people times stages.
    """
    first = min(span.first, span.last - timedelta(days=LEAST_DAYS - 1))
    days = SummarisedDay.objects.filter(
        is_stale=False, day__range=(first, span.last)
    ).values_list("day", flat=True)
    summaries = DaySummary.objects.visible_to(viewer).filter(
        day__range=(first, span.last)
    )
    if scope.owners is not None:
        summaries = summaries.filter(owner__in=scope.owners)
    if scope.process is not None:
        summaries = summaries.filter(process=scope.process)
    rows = (
        summaries.order_by()
        .values("day")
        .annotate(
            deals_sum=Sum("deals"), value_sum=Sum("value"), weighted_sum=Sum("weighted")
        )
    )
    by_day = {each["day"]: each for each in rows}
    nights = [
        Night(
            day,
            by_day[day]["deals_sum"],
            by_day[day]["value_sum"],
            by_day[day]["weighted_sum"],
        )
        if day in by_day
        else Night(day, 0, Decimal(0), Decimal(0))
        for day in sorted(days)
    ]
    return by_week(nights) if len(nights) > MOST_DAYS else nights


def by_week(nights: list[Night]) -> list[Night]:
    """Return the last night of each week, weeks ending on Sunday."""
    weeks = {each.day.isocalendar()[:2]: each for each in nights}
    return list(weeks.values())
