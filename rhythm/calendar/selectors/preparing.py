"""Called meetings whose preparation begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import (
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest

from rhythm.calendar.models import (
    Cadence,
    Meeting,
    MeetingKind,
    MeetingQuerySet,
    MeetingState,
)

# So often it is looked for what is to be prepared: that begins hours before.
EVERY = timedelta(minutes=5)
# Whoever is asked in writing needs time to answer, though the rule gives none.
TO_ANSWER = timedelta(hours=8)
HOUR = Value(timedelta(hours=1))


def in_preparation(now: datetime) -> MeetingQuerySet:
    """Return the called meetings that are ahead, and to be prepared by `now`.

    A huddle in writing consists of its preparation: without hours it has TO_ANSWER.
    """
    given = ExpressionWrapper(F("cadence__prepare_hours") * HOUR, DurationField())
    unsaid = When(
        kind=MeetingKind.HUDDLE,
        cadence__is_async=True,
        cadence__prepare_hours=0,
        then=Value(TO_ANSWER),
    )
    lead = Case(unsaid, default=given, output_field=DurationField())
    most = Greatest(longest("prepare_hours"), Value(TO_ANSWER))
    ahead = Meeting.objects.filter(
        state=MeetingState.PLANNED,
        cadence__isnull=False,
        starts_at__gt=now,
        # The index finds what is near; only those are asked for their lead.
        starts_at__lte=Value(now) + most,
    )
    return ahead.filter(starts_at__lte=Value(now) + lead).order_by("starts_at", "pk")


def longest(hours: str) -> ExpressionWrapper:
    """Return the longest lead that any cadence has in the field `hours`."""
    most = Cadence.objects.order_by(f"-{hours}").values(hours)[:1]
    return ExpressionWrapper(
        Coalesce(Subquery(most), 0) * HOUR, output_field=DurationField()
    )
