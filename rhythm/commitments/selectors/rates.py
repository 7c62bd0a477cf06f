"""How reliably people keep what they promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q

from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User

# What "lately" means on the pages.
LATELY = timedelta(days=28)


@dataclass(frozen=True)
class KeptRate:
    """Commitments kept by their date, of those due."""

    kept: int = 0
    due: int = 0

    @property
    def share(self) -> float | None:
        """Return the share kept, between 0 and 1. None when nothing was due."""
        return self.kept / self.due if self.due else None


KEPT_IN_TIME = Q(state=CommitmentState.KEPT, kept_on__lte=F("due_on"))


def was_due(since: date, today: date) -> Q:
    """Return the condition of what counts as due since a day. See `kept_rates`."""
    passed = Q(due_on__lt=today) | Q(due_on=today, state=CommitmentState.KEPT)
    return passed & Q(due_on__gte=since) & ~Q(state=CommitmentState.DROPPED)


def kept_rates(
    people: Iterable[User], *, since: date, today: date
) -> dict[int, KeptRate]:
    """Return the rate of each person, by id, for what was due since a day.

    What is due today counts once it is kept; a dropped one never does; kept late is
    not kept. People without anything due have a rate of 0 of 0. One query.
    """
    ids = [person.pk for person in people]
    rows = (
        Commitment.objects.filter(was_due(since, today), promiser__in=ids)
        .order_by()
        .values("promiser_id")
        .annotate(due=Count("pk"), kept=Count("pk", filter=KEPT_IN_TIME))
    )
    found = {row["promiser_id"]: KeptRate(row["kept"], row["due"]) for row in rows}
    return {pk: found.get(pk, KeptRate()) for pk in ids}
