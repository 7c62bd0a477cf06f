"""What the columns of a file hold, from all of its rows, in constant memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from pipeline.imports.dates import DateColumn
from pipeline.imports.numbers import NumberColumn
from pipeline.imports.raw import Row

# A column with more different values than this is no list of stages or owners.
DISTINCT_LIMIT = 1000
LONGEST_KEPT = 200
EXAMPLES = 3
# After so many values of which hardly one fits, a column is not watched any more.
PATIENCE = 200
SAMPLE_ROWS = 5
BROKEN_SHOWN = 5


@dataclass
class Column:
    """What a column holds."""

    name: str
    filled: int = 0
    examples: list[str] = field(default_factory=list)
    # Each different value and how often; None when there are too many to list.
    values: dict[str, int] | None = None
    # The orders in which its dates may be, and how many values the first cannot read.
    dates: list[str] = field(default_factory=list)
    unread_dates: int = 0
    # The decimal marks that its numbers may use.
    numbers: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


@dataclass
class Profile:
    """What a file holds."""

    columns: list[Column]
    rows: int
    sample: list[list[str]]
    # The first rows that cannot be read, as (line, why), and how many there are.
    broken: list[tuple[int, str]]
    broken_rows: int


class _Watcher:
    """Collects about one column."""

    def __init__(self, name: str) -> None:
        self.column = Column(name)
        self.values: Counter[str] = Counter()
        self.is_capped = False
        self.dates: DateColumn | None = DateColumn()
        self.numbers: NumberColumn | None = NumberColumn()

    def watch(self, text: str) -> None:
        if text in self.values:
            self.values[text] += 1
            return
        if len(self.values) < DISTINCT_LIMIT:
            self.values[text] = 1
            if len(self.column.examples) < EXAMPLES:
                self.column.examples.append(text[:LONGEST_KEPT])
        else:
            self.is_capped = True
        if self.dates is not None:
            self.dates.watch(text)
            if self.dates.seen == PATIENCE and not self.dates.reading().orders:
                self.dates = None
        if self.numbers is not None:
            self.numbers.watch(text)
            if self.numbers.seen == PATIENCE and not self.numbers.marks():
                self.numbers = None

    def finish(self, filled: int) -> Column:
        column = self.column
        column.filled = filled
        if not self.is_capped and all(
            len(each) <= LONGEST_KEPT for each in self.values
        ):
            column.values = dict(self.values)
        if self.dates is not None:
            reading = self.dates.reading()
            column.dates, column.unread_dates = list(reading.orders), reading.unread
        if self.numbers is not None:
            column.numbers = list(self.numbers.marks())
        return column


def profile(names: list[str], rows: Iterable[Row]) -> Profile:
    """Return what `rows` hold. Reads all; keeps at most 1,000 values a column."""
    watchers = [_Watcher(name) for name in names]
    filled = [0] * len(names)
    sample: list[list[str]] = []
    broken: list[tuple[int, str]] = []
    count = broken_rows = 0
    for row in rows:
        count += 1
        if row.broken:
            broken_rows += 1
            if len(broken) < BROKEN_SHOWN:
                broken.append((row.line, row.broken))
            continue
        if len(sample) < SAMPLE_ROWS:
            sample.append([cell[:LONGEST_KEPT] for cell in row.cells])
        for number, cell in enumerate(row.cells):
            if text := cell.strip():
                filled[number] += 1
                watchers[number].watch(text)
    columns = [
        watcher.finish(much) for watcher, much in zip(watchers, filled, strict=True)
    ]
    return Profile(columns, count, sample, broken, broken_rows)
