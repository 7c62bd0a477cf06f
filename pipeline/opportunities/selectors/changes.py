"""One change, and what turns stored values into the words of a change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast

from pipeline.process.models import Milestone, Stage
from rhythm.people.models import User
from rhythm.web.formats import NOTHING, day, day_clock, money
from rhythm.web.numbers import whole_number


@dataclass(frozen=True)
class Change:
    """One thing that became another, ready to be shown."""

    opportunity_id: int
    at: datetime
    # `at` in the reader's words.
    when: str
    # Who did it. Empty when a file or a command did.
    by: str
    # What kind of thing: "close_on", "amount", "stage", "milestone", "person", …
    kind: str
    # Its name in words.
    what: str
    # Before and after; empty where there was nothing to say.
    old: str = ""
    new: str = ""
    # The reason, the evidence.
    note: str = ""
    tone: str = "mute"
    icon: str = "pencil"
    # Keeps the changes of one moment in their order.
    place: int = 0


@dataclass(frozen=True)
class Named:
    """A record as history tells it. position is that of a stage, 0 of all else."""

    name: str
    position: int = 0

    def __str__(self) -> str:
        return self.name


@dataclass
class Names:
    """The names behind the ids of history, fetched once for all."""

    wanted: dict[type[models.Model], set[int]] = field(default_factory=dict)
    found: dict[tuple[str, int], Named] = field(default_factory=dict)

    def want(self, model: type[models.Model], *keys: int | None) -> None:
        """Remember that these names are needed."""
        known = self.wanted.setdefault(model, set())
        known.update(key for key in keys if key is not None)

    def load(self) -> None:
        """Fetch what is wanted, in one statement."""
        rows = [_names(model, keys) for model, keys in self.wanted.items() if keys]
        if not rows:
            return
        every = rows[0].union(*rows[1:], all=True)
        for label, key, name, position in every.order_by():
            self.found[label, key] = Named(name, position)

    def record(self, model: type[models.Model], key: int | None) -> Named | None:
        """Return the record, or None if it is gone or there was none."""
        return self.found.get((model._meta.label, key or 0))

    def name(self, model: type[models.Model], key: int | None) -> str:
        record = self.record(model, key)
        return NOTHING if record is None else record.name


def _names(model: type[models.Model], keys: set[int]) -> models.QuerySet[Any]:
    """Return label, key, name and position, to be united with those of others."""
    rows = model._default_manager.filter(pk__in=keys).order_by()
    return rows.values_list(
        Value(model._meta.label, models.TextField()),
        "pk",
        Cast("title" if model is Milestone else "name", models.TextField()),
        F("position") if model is Stage else Value(0),
    )


@dataclass(frozen=True)
class Reader:
    """Who reads: the day, the zone and the currency that values are shown in."""

    today: date
    zone: str
    currency: str
    names: Names

    def money(self, amount: Decimal | None) -> str:
        return money(amount, self.currency)

    def day(self, value: date | None) -> str:
        return day(value, self.today)

    def when(self, moment: datetime) -> str:
        return day_clock(moment.astimezone(ZoneInfo(self.zone)), self.today)


@dataclass(frozen=True)
class Step:
    """One row of history and what it became, to be told once the names are there."""

    opportunity_id: int
    at: datetime
    by_id: int | None
    tell: Callable[[Reader], list[dict[str, Any]]]

    def told(self, reader: Reader) -> list[Change]:
        """Return the changes in words."""
        by = reader.names.record(User, self.by_id)
        return [
            Change(
                opportunity_id=self.opportunity_id,
                at=self.at,
                when=reader.when(self.at),
                by=str(by) if by else "",
                place=-place,
                **values,
            )
            for place, values in enumerate(self.tell(reader))
        ]


def who(context: dict[str, Any] | None) -> int | None:
    """Return the id of who did it, from an event's context."""
    return whole_number((context or {}).get("user"))
