"""Who may take the chair of a meeting."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from rhythm.calendar.agendas import INSTEAD
from rhythm.calendar.models import Meeting
from rhythm.people.models import Membership, Team, User


def deputies_of(meeting: Meeting) -> QuerySet[User]:
    """Return who may be given the chair: the chair itself, and the team's people.

    A review may go to any leader and executive; another meeting to those who lead its
    team, and a 1:1 to whom it is with.
    """
    may = Q(pk=meeting.chair_id)
    leaders = Team.objects.exclude(manager=None).order_by()
    if meeting.kind in INSTEAD:
        may |= Q(pk__in=leaders.values("manager")) | Q(is_executive=True)
    else:
        line = meeting.team.line if meeting.team else []
        may |= Q(pk__in=leaders.filter(pk__in=line).values("manager"))
        may |= Q(pk=meeting.person_id or 0)
    if meeting.team_id:
        may |= Q(pk__in=Membership.objects.below(meeting.team_id).values("user"))
    people = User.objects.able_to_sign_in().exclude(pk=meeting.runner.pk)
    return people.filter(may).order_by("name", "pk")
