"""The lists of commitments: mine, promised to me, my team's, done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from rhythm.commitments.models import Commitment, CommitmentQuerySet, CommitmentState
from rhythm.commitments.selectors.rates import (
    KEPT_IN_TIME,
    LATELY,
    KeptRate,
    was_due,
)
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.people.models import User

PAGE = 25
# Beside the list, only the nearest.
BESIDE = 5


@dataclass(frozen=True)
class Lists:
    """What the page shows. Rows due by today come first, the others are later."""

    due: list[Row]
    later: list[Row]
    # Where the next page begins, for the address. Empty on the last one.
    after: str
    # New dates that wait for the viewer to agree.
    waiting: list[Row]
    # Only beside the own list: what others promised, and what was kept last.
    promised: list[Row]
    kept: list[Row]

    @property
    def is_empty(self) -> bool:
        return not (self.due or self.later)


@dataclass(frozen=True)
class Summary:
    """What the head of the page says. Counts are of open ones."""

    due: int
    later: int
    to_me: int
    rate: KeptRate


def lists(which: str, viewer: User, *, today: date, after: str = "") -> Lists:
    """Return a page of the list `which`, and what stands beside it.

    which is mine, to_me, team or done. after is what the page before said; anything
    else begins at the start. At most six queries.
    """
    page = list(shaped(_after(_ordered(which, viewer), which, after))[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    asked = Commitment.objects.waiting_for(viewer).order_by("due_on", "pk")
    beside = [list(shaped(asked)[:PAGE]), [], []]
    if which == "mine":
        beside[1] = list(shaped(_ordered("to_me", viewer))[:BESIDE])
        beside[2] = list(shaped(_kept_by(viewer))[:BESIDE])
    shown, waiting, promised, kept = rows([page, *beside], viewer, today=today)
    # What waits for an answer stands on top, once.
    on_top = {row.pk for row in waiting}
    shown = [row for row in shown if row.pk not in on_top]
    return Lists(
        due=[row for row in shown if row.is_due],
        later=[row for row in shown if not row.is_due],
        after=_key(page[-1]) if more else "",
        waiting=waiting,
        promised=promised,
        kept=kept,
    )


def summary(viewer: User, *, today: date) -> Summary:
    """Return the counts and the kept rate of `viewer`, of lately. One query."""
    since = today - LATELY
    mine, is_open = Q(promiser=viewer), Q(state=CommitmentState.OPEN)
    was = mine & was_due(since, today)
    counts = (
        Commitment.objects.concerning(viewer)
        .filter(is_open | Q(due_on__gte=since))
        .aggregate(
            due=Count("pk", filter=is_open & mine & Q(due_on__lte=today)),
            later=Count("pk", filter=is_open & mine & Q(due_on__gt=today)),
            to_me=Count("pk", filter=is_open & Q(receiver=viewer) & ~mine),
            was_due=Count("pk", filter=was),
            was_kept=Count("pk", filter=was & KEPT_IN_TIME),
        )
    )
    rate = KeptRate(counts.pop("was_kept"), counts.pop("was_due"))
    return Summary(**counts, rate=rate)


def _kept_by(person: User) -> CommitmentQuerySet:
    kept = Commitment.objects.filter(promiser=person, state=CommitmentState.KEPT)
    return kept.order_by("-kept_on", "-pk")


def _ordered(which: str, viewer: User) -> CommitmentQuerySet:
    every = Commitment.objects.all()
    if which == "done":
        closed = every.concerning(viewer).exclude(state=CommitmentState.OPEN)
        return closed.order_by("-due_on", "-pk")
    opened = every.open().order_by("due_on", "pk")
    if which == "to_me":
        return opened.filter(receiver=viewer).exclude(promiser=viewer)
    if which == "team":
        led = User.objects.led_by(viewer).exclude(pk=viewer.pk)
        return opened.filter(promiser__in=led)
    return opened.filter(promiser=viewer)


def _key(last: Commitment) -> str:
    return f"{last.due_on:%Y-%m-%d}.{last.pk}"


def _after(found: CommitmentQuerySet, which: str, after: str) -> CommitmentQuerySet:
    """Return what comes after the key of the last row shown."""
    try:
        words, number = after.split(".")
        day, pk = date.fromisoformat(words), int(number)
    except ValueError:
        return found
    if which == "done":
        return found.filter(Q(due_on__lt=day) | Q(due_on=day, pk__lt=pk))
    return found.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk))
