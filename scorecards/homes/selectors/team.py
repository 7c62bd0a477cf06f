"""Team week: who needs the manager, and is the rhythm held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flag_counts import Tally, tallies
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.process.selectors import News, latest_versions, news
from rhythm.calendar.selectors.people import meetings_of
from rhythm.people.models import Organisation, User
from rhythm.web.formats import money_short
from scorecards.homes.selectors.meetings import Around, around
from scorecards.homes.selectors.owed import Owed, owed
from scorecards.homes.selectors.pressing import (
    BAD,
    PRESSING,
    FlagCount,
    flag_tone,
)
from scorecards.strategy.selectors import Tops, on_first_page

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

    meetings: Around
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
    tops: Tops


def team_week(viewer: User, *, now: datetime) -> TeamWeek:
    """Return the week of the people whom `viewer` leads. At most eleven queries."""
    found = tallies(viewer, now=now)
    open_deals = Opportunity.objects.visible_to(viewer).open()
    changed = latest_versions(open_deals, viewer, now)
    of_all = Organisation.objects.values_list("currency").annotate(news=changed)
    currency, told = of_all.first() or ("", [])
    names = User.objects.filter(pk__in=found).values_list("pk", "name")
    kinds = _kinds()
    reps = [_rep(pk, name, found[pk], kinds, currency) for pk, name in names]
    reps.sort(key=lambda each: (-each.weight, each.name))
    return TeamWeek(
        meetings=around(meetings_of(viewer), viewer, now=now),
        owed=owed(viewer, today=viewer.today(now)),
        reps=reps[:MOST_REPS],
        more_reps=max(len(reps) - MOST_REPS, 0),
        flags=flag_counts(found.values()),
        heads=[label for _kind, label, _tone in kinds],
        deals=sum(each.deals for each in found.values()),
        amount=money_short(
            sum((each.amount for each in found.values()), Decimal(0)), currency
        ),
        table_url=_table(),
        news=news(told),
        tops=on_first_page(viewer, now=now),
    )


def flag_counts(found: Collection[Tally]) -> list[FlagCount]:
    """Return how many of all the deals show each flag."""
    return [
        FlagCount(
            kind,
            label,
            sum(each.flags[kind] for each in found),
            tone,
            _table(flag=kind),
        )
        for kind, label, tone in _kinds()
    ]


def _kinds() -> list[tuple[str, str, str]]:
    names = flag_names()
    return [(kind, names[kind], flag_tone(kind)) for kind in PRESSING]


def _rep(
    pk: int, name: str, own: Tally, kinds: list[tuple[str, str, str]], currency: str
) -> RepRow:
    url = _table(rep=pk)
    return RepRow(
        pk=pk,
        name=name,
        deals=own.deals,
        amount=money_short(own.amount, currency),
        url=url,
        cells=[
            FlagCount(kind, label, own.flags[kind], tone, f"{url}&flag={kind}")
            for kind, label, tone in kinds
        ],
        weight=sum(
            count * (3 if kind in BAD else 1) for kind, count in own.flags.items()
        ),
    )


def _table(**filters: object) -> str:
    table = reverse("opportunities:opportunity_list")
    return f"{table}?{urlencode(filters)}" if filters else table
