"""What a pause or an end of a cadence would call off, and who would hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rhythm.calendar.models import Cadence, Meeting, MeetingState
from rhythm.calendar.selectors.ground import ground
from rhythm.calendar.services.telling import Change, news_of
from rhythm.people.models import User


@dataclass(frozen=True)
class Going:
    """How many meetings ahead would go, and the names of who would be told."""

    meetings: int
    names: list[str]


def what_goes(cadence: Cadence, *, after: date | None, now: datetime) -> Going:
    """Return what would go if the cadence fell on `after` for the last time.

    after None, or before its first day, is a pause: all that is ahead goes. About ten
    queries, however many meetings there are.
    """
    ahead = Meeting.objects.filter(
        cadence=cadence, state=MeetingState.PLANNED, starts_at__gt=now
    )
    if after and after >= cadence.first_on:
        ahead = ahead.filter(key_on__gt=after)
    changes = [Change(each, each.starts_at, is_cancelled=True) for each in ahead]
    told = news_of(changes, ground(now.date()), now=now) if changes else {}
    people = User.objects.able_to_sign_in().filter(pk__in=told).order_by("name", "pk")
    return Going(len(changes), list(people.values_list("name", flat=True)))
