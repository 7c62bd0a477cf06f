"""Who leads somebody."""

from __future__ import annotations

from rhythm.people.models import Membership, Team, User


def leader_of(person: User) -> User | None:
    """Return whoever leads the person, from the nearest team on. None at the top.

    One query. Of many people at once, `Workdays.above` of the calendar knows it.
    """
    teams = Team.objects.filter(pk__in=Membership.objects.teams_above(person.pk))
    led = teams.exclude(manager=None).exclude(manager=person)
    led = led.filter(manager__is_active=True).select_related("manager")
    nearest = max(led, key=lambda each: len(each.line), default=None)
    return nearest.manager if nearest else None
