"""My week: what a rep does now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Subquery
from django.urls import reverse

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.cards import (
    Card,
    Setting,
    cards_of,
)
from pipeline.opportunities.selectors.flags import flag_names
from pipeline.opportunities.selectors.missing import gates_of
from pipeline.opportunities.selectors.rows import row_of, with_shown
from pipeline.process.selectors import News, latest_version, news
from rhythm.calendar.selectors.people import meetings_of
from rhythm.commitments.selectors.rates import LATELY, KeptRate, kept_rates
from rhythm.people.models import Organisation, User
from rhythm.web.formats import relative_day
from scorecards.homes.selectors.meetings import Around, around
from scorecards.homes.selectors.owed import Owed, owed
from scorecards.homes.selectors.pressing import FlagCount, flag_tone, is_pressing
from scorecards.strategy.selectors import Tops, on_first_page

MOST_DEALS, MOST_STEPS = 6, 8


@dataclass(frozen=True)
class NextStep:
    """The next step of a deal. tone: bad is overdue, ok today, "" later, warn none."""

    deal: Card
    when: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Week:
    """What the page shows."""

    owed: Owed
    rate: KeptRate
    meetings: Around
    # Own deals that need the rep, what hurts most first, and how many there are.
    deals: list[Card]
    needing: int
    flags: list[FlagCount]
    # Next steps by their day: overdue, today, later, none.
    steps: list[NextStep]
    steps_words: list[tuple[str, int, str]]
    open_deals: int
    table_url: str
    # The own deals in the order of their next steps.
    steps_url: str
    # Their processes that changed lately.
    news: list[News]
    tops: Tops


def week_of(viewer: User, *, now: datetime) -> Week:
    """Return the week of `viewer`. Ten queries for any number of deals."""
    today = viewer.today(now)
    currency = Organisation.objects.values("currency")[:1]
    deals = list(
        with_shown(Opportunity.objects.open().filter(owner=viewer))
        .annotate(currency=Subquery(currency), new_version=latest_version(viewer, now))
        .order_by("next_step_on", "pk")
    )
    cards = _cards(deals, viewer, now)
    pressing = [each for each in cards if is_pressing(each.flags)]
    # Stable: among equals, what has its next step first.
    pressing.sort(key=lambda each: (-_weight(each), each.title))
    steps = [_step(deal, card, today) for deal, card in zip(deals, cards, strict=True)]
    table = reverse("opportunities:opportunity_list")
    return Week(
        owed=owed(viewer, today=today),
        rate=kept_rates([viewer], since=today - LATELY, today=today)[viewer.pk],
        meetings=around(meetings_of(viewer), viewer, now=now),
        deals=pressing[:MOST_DEALS],
        needing=len(pressing),
        flags=_counts(cards, viewer, table),
        steps=_nearest(steps),
        steps_words=_tally(steps),
        open_deals=len(deals),
        table_url=f"{table}?{urlencode({'rep': viewer.pk})}",
        steps_url=f"{table}?{urlencode({'rep': viewer.pk, 'sort': 'next'})}",
        news=news([each.new_version for each in deals]),  # type: ignore[attr-defined]
        tops=on_first_page(viewer, now=now),
    )


def _cards(deals: Sequence[Opportunity], viewer: User, now: datetime) -> list[Card]:
    if not deals:
        return []
    setting = Setting(
        viewer=viewer,
        now=now,
        currency=deals[0].currency or "",  # type: ignore[attr-defined]
        gates=gates_of({each.process_id for each in deals}, now=now),
        # Being big is no reason to act, so it is not looked for.
        big={},
    )
    return cards_of(map(row_of, deals), setting)


def _weight(card: Card) -> int:
    return sum({"bad": 3, "warn": 1}.get(each.tone, 0) for each in card.flags)


def _counts(cards: Sequence[Card], viewer: User, table: str) -> list[FlagCount]:
    """Return how many deals show each flag; each opens exactly these."""
    counts = Counter(flag.kind for card in cards for flag in card.flags)
    return [
        FlagCount(
            kind=kind,
            label=label,
            count=counts[kind],
            tone=flag_tone(kind),
            url=f"{table}?{urlencode({'rep': viewer.pk, 'flag': kind})}",
        )
        for kind, label in flag_names().items()
        if counts[kind] and flag_tone(kind)
    ]


def _step(deal: Opportunity, card: Card, today: date) -> NextStep:
    on = deal.next_step_on
    if on is None:
        return NextStep(card, "", "warn", "signpost")
    when = relative_day(on, today)
    if on < today:
        return NextStep(card, when, "bad", "exclamation-circle")
    if on == today:
        return NextStep(card, when, "ok", "record-circle")
    return NextStep(card, when, "", "calendar-event")


ORDER = ("bad", "ok", "warn", "")


def _nearest(steps: Sequence[NextStep]) -> list[NextStep]:
    """Return what is overdue, due today and missing, then what comes next."""
    ranked = sorted(steps, key=lambda each: ORDER.index(each.tone))
    return ranked[:MOST_STEPS]


def _tally(steps: Sequence[NextStep]) -> list[tuple[str, int, str]]:
    """Return the counts: (tone, how many, icon), those of none left out."""
    counts = Counter(each.tone for each in steps)
    icons = {each.tone: each.icon for each in steps}
    return [(tone, counts[tone], icons[tone]) for tone in ORDER if counts[tone]]
