"""Who is in which meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from rhythm.calendar.models import Meeting, MeetingQuerySet
from rhythm.people.models import Membership, User

# The word of settings.NOTICE_GUARDS for what only those may get who see the meeting
# still when it leaves.
GUARD = "meeting"


def people_of(meetings: Iterable[Meeting]) -> dict[int, list[User]]:
    """Return who is in each meeting, by its id: whoever runs it first, then the others.

    Those are the present members of its team, or the person it is with. Where that
    person runs it themselves, its chair is the other one. Whoever has left is nowhere.
    One query for any number, and one more where who runs one, or whom it is with, is
    neither fetched along nor in a team.
    """
    meetings = list(meetings)
    members: dict[int, list[int]] = defaultdict(list)
    people = {each.pk: each for meeting in meetings for each in _named(meeting)}
    present = Membership.objects.present().filter(
        team__in={each.team_id for each in meetings if each.team_id}
    )
    ordered = present.select_related("user").order_by("user__name", "user_id")
    for membership in ordered:
        members[membership.team_id].append(membership.user_id)
        people[membership.user_id] = membership.user
    ids = {
        each.pk: dict.fromkeys(
            (
                each.deputy_id or each.chair_id,
                *members[each.team_id or 0],
                *((each.person_id,) if each.person_id else ()),
                *((each.chair_id,) if each.deputy_id == each.person_id else ()),
            )
        )
        for each in meetings
    }
    unknown = {pk for found in ids.values() for pk in found} - people.keys()
    people |= User.objects.in_bulk(unknown) if unknown else {}
    return {
        meeting: [people[pk] for pk in found if people[pk].is_active]
        for meeting, found in ids.items()
    }


def _named(meeting: Meeting) -> list[User]:
    """Return whom a meeting names itself, of those that are fetched along."""
    fields: list[Any] = [
        Meeting._meta.get_field(each) for each in ("chair", "deputy", "person")
    ]
    found = (getattr(meeting, e.name) for e in fields if e.is_cached(meeting))
    return [each for each in found if each is not None]


def meetings_of(person: User) -> MeetingQuerySet:
    """Return the meetings that a person is in: `people_of` the other way.

    Whoever has a deputy in the chair is among them, since it is their meeting.
    """
    teams = Membership.objects.present().filter(user=person).order_by()
    return Meeting.objects.filter(
        Q(chair=person)
        | Q(deputy=person)
        | Q(person=person)
        | Q(team__in=teams.values("team"))
    )
