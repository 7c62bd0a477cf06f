"""What a person chose about mail."""

from __future__ import annotations

from rhythm.notices.models import Wishes
from rhythm.people.models import User


def own_wishes(person: User) -> Wishes:
    """Return what the person chose, or the defaults, which are not stored."""
    mine = Wishes.objects.visible_to(person).first()
    return mine or Wishes(user=person)
