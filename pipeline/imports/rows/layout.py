"""How the cells of a row become values: the mapping, the formats, and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cached_property
from typing import Any

from pipeline.imports import dates, numbers
from pipeline.imports.raw import Row
from rhythm.web.plain_text import TURNING
from rhythm.web.words import _, gettext_lazy, in_words

KEY_LIMIT = 255
TRUE_WORDS = frozenset({"true", "1", "yes", "y", "t", "x", "wahr", "ja"})
DAYS = {
    "from": gettext_lazy("from %(day)s"),
    "closes": gettext_lazy("closes %(day)s"),
    "closed": gettext_lazy("closed %(day)s"),
}
CONTROL = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{TURNING}]")


@dataclass(frozen=True, slots=True)
class StageRef:
    """A stage that a file's stage name means. outcome is empty for an open one."""

    id: int
    name: str
    process_id: int
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Ref:
    """A person or an activity kind that a file's text means."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class ProductRef:
    id: int
    name: str
    list_price: Decimal | None


@dataclass(frozen=True)
class Lookups:
    """What the texts of the files mean here. Ids below zero are yet to be made."""

    owners: Mapping[str, Ref] = field(default_factory=dict)
    # Whose the rows without an owner are. None refuses them.
    owner: Ref | None = None
    stages: Mapping[str, StageRef] = field(default_factory=dict)
    # The closed stages of the process, by outcome.
    closed: Mapping[str, StageRef] = field(default_factory=dict)
    # None leaves the product out.
    products: Mapping[str, ProductRef | None] = field(default_factory=dict)
    uses_list_price: bool = False
    activity_kinds: Mapping[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """Where each field of a file is, and how its dates and numbers are written."""

    # Field to the position of its column, and to the column's name.
    places: Mapping[str, int]
    columns: Mapping[str, str]
    formats: Mapping[str, str]
    # Positions of the columns that together name a record.
    keys: Sequence[int]
    zone: tzinfo
    now: datetime
    lookups: Lookups
    # What `shown` has said already: a file has many rows, and few days.
    said: dict[tuple[str, date], str] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def has(self, name: str) -> bool:
        return name in self.places

    def shown(self, what: str, day: date | None) -> str | None:
        """Return a day in words, as `what` of DAYS says it; None without one."""
        if day is None:
            return None
        text = self.said.get((what, day))
        if text is None:
            text = self.said[what, day] = DAYS[what] % {"day": in_words(day)}
        return text


@dataclass(slots=True)
class Parsed:
    """A row as values. With problems it is refused, with `skip` left out."""

    line: int
    values: dict[str, Any] = field(default_factory=dict)
    label: str = ""
    # What it says, in short, for whoever looks through a check.
    detail: str = ""
    key: str = ""
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    skip: str = ""
    cells: list[str] = field(default_factory=list)


class Cells:
    """The cells of one row, asked for by field. Collects problems, raises none."""

    __slots__ = ("cells", "layout", "parsed", "texts")

    def __init__(self, row: Row, layout: Layout) -> None:
        self.cells = cells = row.cells
        self.texts = {
            name: text
            for name, place in layout.places.items()
            if (text := cells[place].strip())
        }
        self.layout = layout
        self.parsed = Parsed(row.line, cells=row.cells)

    def refuse(self, why: str) -> None:
        self.parsed.problems.append(why)

    def _refuse_value(self, name: str, why: Exception) -> None:
        said = {"column": self.column(name), "why": why}
        self.refuse(_("%(column)s: %(why)s") % said)

    def raw(self, name: str) -> str:
        """Return the cell as text without space around it; empty if not mapped."""
        return self.texts.get(name, "")

    def line_of_text(
        self, name: str, limit: int, *, needed: bool = False
    ) -> str | None:
        """Return a text on one line; None when empty.

        Longer than `limit` is a problem if it is needed, otherwise it is cut, with a
        note: a long remark does not cost the row.
        """
        text = self.texts.get(name)
        if text is None:
            return None
        if not text.isprintable():
            # Newlines, control characters and the like; most texts have none.
            text = CONTROL.sub("", text)
        return self._limited(name, " ".join(text.split()), limit, needed)

    def long_text(self, name: str, limit: int) -> str | None:
        """Return a text that may have several lines; None when empty."""
        if name not in self.texts:
            return None
        return self._limited(name, CONTROL.sub("", self.raw(name)), limit, needed=False)

    def _limited(self, name: str, text: str, limit: int, needed: bool) -> str | None:
        if not text:
            return None
        if len(text) <= limit:
            return text
        if needed:
            self.refuse(
                _("%(column)s: %(count)s characters; at most %(limit)s fit")
                % {
                    "column": self.column(name),
                    "count": f"{len(text):,}",
                    "limit": f"{limit:,}",
                }
            )
            return None
        self.parsed.notes.append(
            _("%(column)s was cut to %(limit)s characters")
            % {"column": self.column(name), "limit": f"{limit:,}"}
        )
        return text[: limit - 1] + "…"

    def column(self, name: str) -> str:
        return self.layout.columns.get(name, name)

    def key(self) -> str:
        """Return what names the record in the source; empty if nothing does."""
        if self.layout.keys:
            parts = [" ".join(self.cells[place].split()) for place in self.layout.keys]
            key = " | ".join(parts) if any(parts) else ""
        else:
            key = self.raw("external_id")
        if len(key) > KEY_LIMIT:
            self.refuse(
                _("The id has %(count)s characters; at most %(limit)s fit")
                % {"count": f"{len(key):,}", "limit": KEY_LIMIT}
            )
            return ""
        return key if key.isprintable() else CONTROL.sub("", key)

    def reference(self, name: str) -> str | None:
        """Return another record's id in the source; None when empty."""
        text = self.texts.get(name)
        return CONTROL.sub("", text)[:KEY_LIMIT] or None if text else None

    def flag(self, name: str) -> bool:
        text = self.texts.get(name)
        return text is not None and text.casefold() in TRUE_WORDS

    def day(self, name: str) -> date | None:
        """Return a date; None when empty or, with a problem, when it is none."""
        moment = self.moment(name) if name in self.texts else None
        return moment.date() if moment else None

    def moment(self, name: str) -> datetime | None:
        """Return an aware moment in the organisation's zone; None as for day()."""
        text = self.texts.get(name)
        if text is None:
            return None
        order = self.layout.formats.get(name, dates.ISO)
        try:
            return dates.parse_moment(text, order, self.layout.zone)
        except dates.NotADate as error:
            self._refuse_value(name, error)
            return None

    def amount(self, name: str) -> Decimal | None:
        """Return an amount; None when empty or, with a problem, when it is none."""
        text = self.texts.get(name)
        if text is None:
            return None
        mark = self.layout.formats.get(name, numbers.POINT)
        try:
            return numbers.parse_amount(text, mark)
        except numbers.NotAnAmount as error:
            self._refuse_value(name, error)
            return None

    def link(self, name: str, limit: int) -> str | None:
        """Return an address of the web; None when empty or not one, with a note."""
        text = self.texts.get(name)
        if text is None:
            return None
        if "://" not in text and re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", text):
            text = f"https://{text}"
        if not re.match(r"https?://[^\s<>\"']+$", text) or len(text) > limit:
            self.parsed.notes.append(
                _("%(column)s is no web address; left out")
                % {"column": self.column(name)}
            )
            return None
        return text

    def owner(self, name: str = "owner") -> Ref | None:
        """Return whose the row is; without a name, the one who stands in."""
        text = self.raw(name)
        lookups = self.layout.lookups
        if not text:
            if lookups.owner is None:
                self.refuse(_("It has no owner"))
            return lookups.owner
        found = lookups.owners.get(text)
        if found is None:
            self.refuse(
                _("%(column)s: nobody is chosen for %(text)s")
                % {"column": self.column(name), "text": text[:80]}
            )
        return found
