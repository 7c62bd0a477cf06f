"""What somebody who leaves has in hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from pipeline.accounts.models import AccountPlan
from pipeline.opportunities.models import Opportunity
from rhythm.calendar.models import IN_PROGRESS, STARTABLE, Meeting
from rhythm.commitments.models import Commitment
from rhythm.people.models import Team, User


@dataclass(frozen=True)
class InHand:
    """How much has to find a new owner."""

    deals: int
    plans: int
    commitments: int
    meetings: int
    # Names of the teams that lose their manager. Who leads above sees them meanwhile.
    teams: list[str]

    @property
    def is_something(self) -> bool:
        return bool(self.deals or self.plans or self.commitments or self.meetings)


def in_hand(person: User) -> InHand:
    """Return what is open in the person's name."""
    held = Q(chair=person) | Q(deputy=person)
    return InHand(
        deals=Opportunity.objects.open().filter(owner=person).count(),
        plans=AccountPlan.objects.filter(owner=person).count(),
        commitments=Commitment.objects.open()
        .filter(Q(promiser=person) | Q(receiver=person))
        .count(),
        meetings=Meeting.objects.filter(
            held, state__in=(*STARTABLE, *IN_PROGRESS)
        ).count(),
        teams=list(Team.objects.filter(manager=person).values_list("name", flat=True)),
    )


def heirs(person: User) -> QuerySet[User]:
    """Return who may take over."""
    return User.objects.active().exclude(pk=person.pk)
