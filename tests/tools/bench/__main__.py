"""`bin/bench`: seed, measure, print."""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rhythm.host.folders import ROOT
from tests.tools.ground import ground

if TYPE_CHECKING:
    from tests.tools.bench.cases import Case
    from tests.tools.bench.engine import Work
    from tests.tools.bench.loads import Drill, Load
    from tests.tools.bench.measure import Figure
    from tests.tools.bench.report import Line

DOCUMENT = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    size: int
    rounds: int
    seconds: float
    rows: int
    only: str
    is_kept: bool
    is_written: bool
    is_drilled: bool
    cadences: int


def main() -> int:
    options = parse()
    load_before = os.getloadavg()[0]
    with ground("bench", is_demo=False, keep=options.is_kept) as site:
        from django.test.utils import override_settings

        from tests.tools.bench import report

        with override_settings(
            ROOT_URLCONF="tests.tools.bench.floors", ALLOWED_HOSTS=["localhost"]
        ):
            lines = measured(options)
        works = []
        if options.cadences:
            from tests.tools.bench.engine import measure as measure_engine

            works = measure_engine(options.cadences, say)
        load = None
        if options.rows:
            from tests.tools.bench.loads import measure

            load = measure(options.rows, site.installation.folders.var, say)
        drills = []
        if options.is_drilled:
            from tests.tools.bench.loads import drill

            drills = drill(site.installation.folders.var)
        body = text(lines, works, load, drills)
        print(body)
        if options.is_written:
            about = report.machine(postgres_version())
            DOCUMENT.write_text(
                report.document(
                    body, options.size, about, datetime.now(UTC).date(), load_before
                )
            )
            say(f"Written to {DOCUMENT}")
    return 0


def measured(options: Options) -> list[Line]:
    """Measure every case at a tenth of the size, then at the whole of it."""
    from pipeline.opportunities.models import Opportunity
    from tests.tools.bench import seed
    from tests.tools.bench.cases import Cases
    from tests.tools.bench.report import Line

    small: dict[str, Figure] = {}
    if Opportunity.objects.count() < options.size:
        begun = time.monotonic()
        seed.people()
        seed.grow(options.size // 10)
        seed.settle()
        say(f"{options.size // 10:,} deals after {time.monotonic() - begun:.0f} s")
        small = {
            each.title: _measure(each, options)
            for each in _chosen(Cases(seed.cast()).all(), options)
        }
        begun = time.monotonic()
        seed.grow(options.size)
        seed.settle()
        say(f"{options.size:,} deals after {time.monotonic() - begun:.0f} s more")
    lines, cases = [], Cases(seed.cast())
    others = [] if options.only else cases.others()
    for case in [*_chosen(cases.all(), options), *others]:
        full, floor = _beside_floor(case, options)
        lines.append(Line(case, full, small.get(case.title), floor))
        found = "; ".join(lines[-1].misses())
        say(f"{case.title}: {full.queries} queries, {full.p50:.1f} ms. {found}")
    return lines


def _chosen(cases: list[Case], options: Options) -> list[Case]:
    return [each for each in cases if options.only in each.title]


def _measure(case: Case, options: Options) -> Figure:
    from tests.tools.bench.measure import figure

    return figure(case.ask, rounds=options.rounds, seconds=options.seconds)


def _beside_floor(case: Case, options: Options) -> tuple[Figure, Figure | None]:
    from tests.tools.bench.measure import figures

    asks = [case.ask, case.floor] if case.floor else [case.ask]
    full, *floor = figures(asks, rounds=options.rounds, seconds=options.seconds)
    return full, floor[0] if floor else None


def text(
    lines: list[Line], works: list[Work], load: Load | None, drills: list[Drill]
) -> str:
    from tests.tools.bench import report

    parts = ["## Pages", report.pages(lines)]
    if works:
        parts += ["## By the clock", report.worked(works)]
    if load:
        parts += ["## Import", report.imported(load)]
    if drills:
        parts += ["## Backup and restore", report.drilled(drills)]
    parts += ["## What misses its budget", report.missed(lines, works, load)]
    return "\n\n".join(parts)


def postgres_version() -> str:
    from tests.tools.bench.fill import one

    return str(one("SHOW server_version"))


def parse() -> Options:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Measure every page on a big organisation."
    )
    parser.add_argument("--size", type=int, default=100_000, help="how many deals")
    parser.add_argument("--rounds", type=int, default=40, help="of each page, at most")
    parser.add_argument(
        "--seconds", type=float, default=6, help="for each page, at most"
    )
    parser.add_argument(
        "--rows", type=int, default=100_000, help="of the import; 0 leaves it out"
    )
    parser.add_argument(
        "--cadences", type=int, default=10_000, help="to plan; 0 leaves it out"
    )
    parser.add_argument("--only", default="", help="pages whose title contains this")
    parser.add_argument(
        "--keep", action="store_true", help="measure on what the last run has seeded"
    )
    parser.add_argument("--drill", action="store_true", help="backup and restore too")
    parser.add_argument("--write", action="store_true", help="keep it in docs/")
    parser.add_argument(
        "--quick", action="store_true", help="a hundredth of everything, to try it out"
    )
    given = parser.parse_args()
    if given.quick:
        given.size, given.rounds, given.rows = 5_000, 10, min(given.rows, 2_000)
        given.cadences = min(given.cadences, 200)
    return Options(
        size=given.size,
        rounds=given.rounds,
        seconds=given.seconds,
        rows=given.rows,
        only=given.only,
        is_kept=given.keep,
        is_written=given.write,
        is_drilled=given.drill,
        cadences=given.cadences,
    )


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
