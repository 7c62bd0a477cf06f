"""The table that is printed, and kept in docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.tools.bench.cases import PAGE_BYTES, PART_BYTES, Case
from tests.tools.bench.engine import Work
from tests.tools.bench.loads import LEAST_ROWS, PHASES, Drill, Load
from tests.tools.bench.measure import Figure

MOST_GROWTH = 1.3
# Below this many milliseconds a difference is noise.
NOISE_MS = 3.0
MEANT_FOR = 100_000
TRIAL = """
**This is a trial with {size:,} deals. The budgets are meant for 100,000, and say
nothing before they have been measured there. Growth is empty where only one size was
seen.**
"""
WHY = """Where the time of a page goes, by its profile: about a third of a board is the
ORM putting its statements together (who may see what is a part of each), a third is
their rows becoming cards with their flags, and a third is the template, of which half
is the shell that every page has: navigation, menus, the list of keys. The floors have
none of that, and the smaller a page is, the more the shell weighs in its ratio."""
HEADS = (
    "page",
    "queries",
    "KB",
    "KB packed",
    "p50 ms",
    "p95 ms",
    "floor ms",
    "ratio",
    "wanted",
    "growth",
)


@dataclass(frozen=True)
class Line:
    """One page, measured: at the full size, at a tenth of it, and its floor."""

    case: Case
    full: Figure
    small: Figure | None
    floor: Figure | None

    @property
    def ratio(self) -> float | None:
        return self.full.p50 / self.floor.p50 if self.floor else None

    @property
    def growth(self) -> float | None:
        """How many times longer it takes than at a tenth of the size, at its best.

        Minutes lie between the two, and with them other work on the machine.
        """
        return self.full.best / self.small.best if self.small else None

    def misses(self) -> list[str]:
        """Return which of its budgets the page misses."""
        found = []
        if self.full.status != self.case.status:
            found.append(f"it answered {self.full.status}")
        if self.full.queries > self.case.most_queries:
            found.append(f"{self.full.queries} queries")
        if self.small and self.small.queries != self.full.queries:
            found.append(f"queries: {self.small.queries} to {self.full.queries}")
        most = PART_BYTES if self.case.is_part else PAGE_BYTES
        if self.full.packed > most:
            found.append(f"{self.full.packed / 1000:.0f} KB packed")
        if self.ratio and self.case.ratio and self.ratio > self.case.ratio:
            found.append(f"ratio {self.ratio:.1f}, wanted {self.case.ratio:.0f}")
        gained = self.full.best - self.small.best if self.small else 0
        if self.growth and self.growth > MOST_GROWTH and gained > NOISE_MS:
            found.append(f"growth {self.growth:.2f}, wanted {MOST_GROWTH}")
        return found

    def cells(self) -> list[str]:
        full = self.full
        return [
            self.case.title,
            str(full.queries),
            f"{full.size / 1000:.1f}",
            f"{full.packed / 1000:.1f}",
            f"{full.p50:.1f}",
            f"{full.p95:.1f}",
            f"{self.floor.p50:.1f}" if self.floor else "",
            f"{self.ratio:.1f}" if self.ratio else "",
            f"{self.case.ratio:.0f}" if self.case.ratio else "",
            f"{self.growth:.2f}" if self.growth else "",
        ]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *map(list, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def pages(lines: list[Line]) -> str:
    return table(HEADS, (each.cells() for each in lines))


def missed(lines: list[Line], works: list[Work], load: Load | None) -> str:
    """Return what misses its budget, or that nothing does."""
    rows = [
        (each.case.title, "; ".join(found))
        for each in lines
        if (found := each.misses())
    ]
    rows += [(work.name, each) for work in works for each in work.misses()]
    if load and load.rows >= LEAST_ROWS:
        rows += [("import", each) for each in load.misses()]
    return table(("what", "misses"), rows) if rows else "Everything meets its budget."


def imported(load: Load) -> str:
    """Return the import, and the same file once more, beside COPY alone."""
    cells = [
        (
            name,
            f"{load.rows:,}",
            f"{each.stored:,}",
            *(f"{each.phases.get(phase, 0):.1f}" for phase in PHASES),
            f"{each.seconds:.1f}",
            f"{load.rows / each.seconds:,.0f}",
            f"{each.peak_mb:.0f}",
            f"{each.seconds / load.copy_seconds:.1f}",
        )
        for name, each in (("first", load.first), ("the same again", load.again))
    ]
    heads = (
        "import",
        "rows of CSV",
        "deals stored",
        "read, s",
        "check, s",
        "store, s",
        "in all, s",
        "rows/s",
        "peak MB",
        "ratio",
    )
    floor = f"COPY of as many rows alone: {load.copy_seconds:.1f} s."
    return f"{table(heads, cells)}\n\n{floor}"


def worked(works: list[Work]) -> str:
    return table(
        ("what", "how many", "seconds", "wanted"),
        (
            (
                each.name,
                f"{each.count:,}",
                f"{each.seconds:.3g}",
                "" if each.wanted is None else f"{each.wanted:.3g}",
            )
            for each in works
        ),
    )


def drilled(drills: list[Drill]) -> str:
    heads = ("what", "seconds", "peak MB of memory", "MB of file")
    return table(
        heads,
        (
            (
                each.name,
                f"{each.seconds:.1f}",
                f"{each.peak_mb:.0f}",
                f"{each.megabytes:.1f}" if each.megabytes else "",
            )
            for each in drills
        ),
    )


def machine(postgres: str) -> str:
    """Describe the machine, without saying whose it is."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"PostgreSQL {postgres}"
    )


def document(body: str, size: int, machine: str, today: date, load: float) -> str:
    trial = "" if size >= MEANT_FOR else TRIAL.format(size=size)
    return f"""# How fast it is

Printed by `bin/bench` on {today:%d %B %Y}:
{machine}.
The load of the machine by other work was {load:.1f} when it began; times are only as
good as that, ratios are better.
{trial}
The organisation: 500 people in three levels, {size:,} deals of which {size // 10:,} are
open, {size * 10:,} activities, {size * 3:,} earlier states of deals over two years, and
half a year of weekly reviews of 45 teams. One process asks one page after the other,
warm; all middleware is included, the network is not.

*Floor* is a minimal view behind the same middleware, session and sign-in that fetches
the same rows as tuples in one statement and renders them by a plain template; *ratio*
is the page's p50 to the floor's, asked in turn with it. *Growth* is the page's fastest
time to that with a tenth of the deals. *Packed* is by gzip. The budgets: at most 12
queries for a page and 8 for a part, 200 KB packed for a page and 30 for a part, the
ratio in the column *wanted*, a growth of at most {MOST_GROWTH}.

{body}

{WHY}
"""


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found.group(1).strip() if found else platform.machine()
