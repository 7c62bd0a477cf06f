"""What a person chose about mail."""

from __future__ import annotations

from datetime import datetime

from rhythm.notices.models import Wishes
from rhythm.notices.quiet import quiet_until
from rhythm.people.models import User


def own_wishes(person: User) -> Wishes:
    """Return what the person chose, or the defaults, which are not stored."""
    mine = Wishes.objects.visible_to(person).first()
    return mine or Wishes(user=person)


def in_quiet_hours(now: datetime) -> list[int]:
    """Return the keys of those whom no mail reaches now. One query."""
    chosen = Wishes.objects.exclude(quiet_from=None).select_related("user")
    return [
        each.user_id
        for each in chosen
        if quiet_until(now, each.quiet_from, each.quiet_to, each.user.time_zone)
    ]
