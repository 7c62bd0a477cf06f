"""Team week: who needs the manager, and is the rhythm held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.process.selectors import News, latest_versions, news
from pipeline.reviews.models import Review, ReviewQuerySet
from rhythm.calendar.models import Meeting
from rhythm.people.models import Organisation, Team, User
from rhythm.web.formats import money_short
from scorecards.homes.selectors.meetings import Around, around
from scorecards.homes.selectors.owed import Owed, owed
from scorecards.homes.selectors.pressing import (
    BAD,
    PRESSING,
    FlagCount,
    Tally,
    flag_tone,
    tallies,
)

# So many people stand in the table; below these nobody needs the manager first.
MOST_REPS = 25


@dataclass(frozen=True)
class RepRow:
    """A person of the team with the counts of flags, each opening its deals."""

    pk: int
    name: str
    deals: int
    amount: str
    url: str
    cells: list[FlagCount]
    # How much the flags weigh together.
    weight: int


@dataclass(frozen=True)
class TeamWeek:
    """What the page shows."""

    reviews: Around
    owed: Owed
    # Worst first.
    reps: list[RepRow]
    # People with open deals beyond those.
    more_reps: int
    # The flags of all deals that the viewer may see.
    flags: list[FlagCount]
    heads: list[str]
    deals: int
    amount: str
    table_url: str
    # The processes of those deals that changed lately.
    news: list[News]


def team_week(viewer: User, *, now: datetime) -> TeamWeek:
    """Return the week of the people whom `viewer` leads. At most ten queries."""
    deals = Opportunity.objects.visible_to(viewer)
    found = tallies(deals, viewer=viewer, now=now)
    changed = latest_versions(deals.open(), viewer, now)
    of_all = Organisation.objects.values_list("currency").annotate(news=changed)
    currency, told = of_all.first() or ("", [])
    owners = {owner for owner, _kind in found}
    names = dict(User.objects.filter(pk__in=owners).values_list("pk", "name"))
    reps = [_rep(pk, name, found, currency) for pk, name in names.items()]
    reps.sort(key=lambda each: (-each.weight, each.name))
    total = _sum(found, "")
    return TeamWeek(
        reviews=around(_reviews(viewer), viewer, now=now),
        owed=owed(viewer, today=viewer.today(now)),
        reps=reps[:MOST_REPS],
        more_reps=max(len(reps) - MOST_REPS, 0),
        flags=flag_counts(found),
        heads=[label for _kind, label, _tone in _kinds()],
        deals=total.count,
        amount=money_short(total.amount, currency),
        table_url=_table(),
        news=news(told),
    )


def flag_counts(found: dict[tuple[int, str], Tally]) -> list[FlagCount]:
    """Return how many of all the deals show each flag."""
    return [
        FlagCount(kind, label, _sum(found, kind).count, tone, _table(flag=kind))
        for kind, label, tone in _kinds()
    ]


def _reviews(viewer: User) -> ReviewQuerySet:
    """Return the reviews that the viewer runs, or that are with whom they lead."""
    own = Meeting.objects.visible_to(viewer).filter(
        Q(chair=viewer)
        | Q(deputy=viewer)
        | Q(person__in=User.objects.led_by(viewer))
        | Q(team__in=Team.objects.led_by(viewer))
    )
    return Review.objects.visible_to(viewer).filter(meeting__in=own)


def _kinds() -> list[tuple[str, str, str]]:
    names = flag_names()
    return [(kind, names[kind], flag_tone(kind)) for kind in PRESSING]


def _rep(
    pk: int, name: str, found: dict[tuple[int, str], Tally], currency: str
) -> RepRow:
    own = found.get((pk, ""), Tally())
    counts = {kind: found.get((pk, kind), Tally()).count for kind in PRESSING}
    return RepRow(
        pk=pk,
        name=name,
        deals=own.count,
        amount=money_short(own.amount, currency),
        url=_table(rep=pk),
        cells=[
            FlagCount(kind, label, counts[kind], tone, _table(rep=pk, flag=kind))
            for kind, label, tone in _kinds()
        ],
        weight=sum(count * (3 if kind in BAD else 1) for kind, count in counts.items()),
    )


def _sum(found: dict[tuple[int, str], Tally], kind: str) -> Tally:
    own = [tally for (_owner, each), tally in found.items() if each == kind]
    return Tally(
        sum(each.count for each in own), sum((each.amount for each in own), Decimal(0))
    )


def _table(**filters: object) -> str:
    table = reverse("opportunities:opportunity_list")
    return f"{table}?{urlencode(filters)}" if filters else table
