"""Who is in which meeting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rhythm.calendar.models import Meeting
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
