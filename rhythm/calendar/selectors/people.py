"""Who is in which meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from rhythm.calendar.models import Meeting, MeetingQuerySet
from rhythm.people.models import Membership, User


def people_of(meetings: Iterable[Meeting]) -> dict[int, list[User]]:
    """Return who is in each meeting, by its id: whoever runs it first, then the others.

    Those are the present members of its team, or the person it is with. Whoever has
    left is nowhere. Two queries for any number.
    """
    meetings = list(meetings)
    members: dict[int, list[int]] = defaultdict(list)
    present = Membership.objects.present().filter(
        team__in={each.team_id for each in meetings if each.team_id}
    )
    for team, user in present.order_by("user__name", "user_id").values_list(
        "team_id", "user_id"
    ):
        members[team].append(user)
    ids = {
        each.pk: dict.fromkeys(
            (
                each.deputy_id or each.chair_id,
                *members[each.team_id or 0],
                *((each.person_id,) if each.person_id else ()),
            )
        )
        for each in meetings
    }
    wanted = {pk for found in ids.values() for pk in found}
    people = User.objects.active().in_bulk(wanted)
    return {
        meeting: [people[pk] for pk in found if pk in people]
        for meeting, found in ids.items()
    }


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
