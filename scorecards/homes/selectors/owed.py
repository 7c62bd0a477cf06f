"""The commitments that a first page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from rhythm.commitments.models import Commitment
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.people.models import User

# What is due so many days on belongs to this week.
SOON = timedelta(days=6)
MOST = 8
MOST_READ = 60


@dataclass(frozen=True)
class Owed:
    """Commitments in order of their dates; each list ends after MOST."""

    # New dates that wait for the viewer to agree.
    waiting: list[Row]
    # What the viewer promised and is broken or due within days.
    mine: list[Row]
    # What others promised the viewer and broke.
    broken_to_me: list[Row]
    # Whether there is more of each than is shown.
    is_more_mine: bool
    is_more_to_me: bool


def owed(viewer: User, *, today: date) -> Owed:
    """Return what `viewer` owes soon and is owed too late. At most three queries."""
    mine = Q(promiser=viewer, due_on__lte=today + SOON)
    to_me = Q(receiver=viewer, due_on__lt=today)
    asked = Commitment.objects.waiting_for(viewer).order_by().values("pk")
    wanted = Commitment.objects.open().filter(mine | to_me | Q(pk__in=asked))
    found = list(shaped(wanted.order_by("due_on", "pk")[:MOST_READ]))
    waiting, own, broken = [], [], []
    for commitment, row in zip(
        found, rows([found], viewer, today=today)[0], strict=True
    ):
        if row.request and row.request.may_answer:
            waiting.append(row)
        elif commitment.promiser_id == viewer.pk:
            own.append(row)
        else:
            broken.append(row)
    return Owed(
        waiting=waiting[:MOST],
        mine=own[:MOST],
        broken_to_me=broken[:MOST],
        is_more_mine=len(own) > MOST,
        is_more_to_me=len(broken) > MOST,
    )
