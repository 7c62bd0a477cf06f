"""A deal as a card of the board and a row of the table, ready to be printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from pipeline.opportunities.flags import Flag
from pipeline.opportunities.models import AmountSource
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.missing import Gates, Shown, shown_in
from pipeline.opportunities.selectors.rows import DealRow
from pipeline.opportunities.selectors.sources import Origins
from pipeline.process.models import Stage
from rhythm.people.models import User
from rhythm.web.formats import NOTHING, dated, day, money


@dataclass(frozen=True)
class Row:
    """What is known of a deal wherever one of its values may be edited."""

    id: int
    name: str
    # Whether its values may be edited where they stand.
    can_edit: bool
    # The fields that its CRM keeps, and what that is called.
    kept: frozenset[str]
    crm: str


@dataclass(frozen=True)
class Card(Row):
    """Plain values: templates print them as they are."""

    version: int
    account: str
    owner: str
    stage: str
    amount: str
    is_list_price: bool
    is_gated: bool
    is_open: bool
    # The close date; the day it closed when it is closed.
    close: str
    # The same without the weekday, for cards.
    close_short: str
    next_step: str
    next_step_on: str
    weighted: str
    missing: int
    flags: tuple[Flag, ...]
    # The stages beside its own, None at the ends.
    next_stage: Stage | None
    previous_stage: Stage | None

    @property
    def title(self) -> str:
        """What stands first: the account, as people speak of deals."""
        return self.account or self.name

    @property
    def actions(self) -> str:
        """What its menu is called."""
        return _("Actions for %(name)s") % {"name": self.title}

    @property
    def move_on(self) -> str:
        """What moving it to the next stage is called; there must be one."""
        return _("Move to %(stage)s") % {"stage": self.next_stage}

    @property
    def choose(self) -> str:
        """What ticking it is called."""
        return _("Choose %(name)s") % {"name": self.name}

    @property
    def is_stage_kept(self) -> bool:
        """Whether its CRM says where it stands."""
        return "stage" in self.kept

    @property
    def flag(self) -> Flag | None:
        return self.flags[0] if self.flags else None


@dataclass(frozen=True)
class Setting:
    """What cards need to know beside their deals."""

    viewer: User
    now: datetime
    currency: str
    gates: Gates
    big: Mapping[int, Decimal]
    # Whether the viewer changes deals at all.
    can_edit: bool = False
    origins: Origins = field(default_factory=Origins)


def cards_of(deals: Iterable[DealRow], setting: Setting) -> list[Card]:
    """Return the cards of the deals, in their order. One query."""
    found = list(deals)
    shown = shown_in(found)
    flags = flags_of(
        found,
        viewer=setting.viewer,
        now=setting.now,
        gates=setting.gates,
        shown=shown,
        big=setting.big,
    )
    today = setting.viewer.today(setting.now)
    return [
        _card(each, setting, shown, tuple(flags.get(each.pk, ())), today)
        for each in found
    ]


def _card(
    deal: DealRow,
    setting: Setting,
    shown: Shown,
    flags: tuple[Flag, ...],
    today: date,
) -> Card:
    stages = setting.gates.of(deal.process_id)
    place = next((i for i, each in enumerate(stages) if each.pk == deal.stage_id), None)
    is_last = place is None or place + 1 == len(stages)
    origin = setting.origins.of(deal)
    weighted = None if deal.amount is None else deal.amount * deal.stage__probability
    return Card(
        id=deal.pk,
        version=deal.version,
        name=deal.name,
        account=deal.account__name or "",
        owner=deal.owner__name,
        stage=deal.stage__name,
        amount=money(deal.amount, setting.currency),
        is_list_price=deal.amount_source == AmountSource.LIST_PRICE,
        is_gated=deal.is_gated,
        is_open=deal.is_open,
        can_edit=deal.is_open and setting.can_edit,
        close=day(deal.close_on if deal.is_open else deal.closed_on, today),
        close_short=_short(deal.close_on, today),
        next_step=deal.next_step,
        next_step_on=day(deal.next_step_on, today) if deal.next_step_on else "",
        weighted=money(weighted, setting.currency),
        missing=setting.gates.lacking(deal, shown) if deal.is_open else 0,
        flags=flags,
        next_stage=None if place is None or is_last else stages[place + 1],
        previous_stage=stages[place - 1] if place else None,
        kept=origin.owned if origin else frozenset(),
        crm=origin.title if origin else "",
    )


def _short(value: date | None, today: date) -> str:
    """Return "24 Mar", with the year where the month alone may mislead."""
    if value is None:
        return NOTHING
    is_near = abs((value - today).days) < 300
    return dated(value, "j M" if is_near else "M Y")
