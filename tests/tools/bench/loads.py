"""Bringing in a big file: rows a second, memory, and beside a plain COPY."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import connection, transaction

from pipeline.opportunities.models import Opportunity
from tests.tools.bench.fill import one

# For 1,000,000 rows.
MOST_SECONDS = 180
MOST_RATIO = 3.0
MOST_MB = 300
BLOCK = 128 * 1024
# Two times that differ by less are the same.
NOISE = 1.1
# What the command says of the time it took.
PHASES = ("Read", "Checked", "Stored")
# With fewer, the start of the process is most of it.
LEAST_ROWS = 50_000


@dataclass(frozen=True)
class Import:
    """What one import took, from the start of the process to its end."""

    stored: int
    seconds: float
    # The seconds of each of PHASES.
    phases: dict[str, float]
    # The most memory that the process ever had; not less than the bench's own.
    peak_mb: float


@dataclass(frozen=True)
class Load:
    """A file brought in, then once more. `copy_seconds` are those of COPY alone."""

    rows: int
    first: Import
    again: Import
    copy_seconds: float

    def misses(self) -> list[str]:
        """Return what misses the budget, in words."""
        found = []
        ratio = self.first.seconds / self.copy_seconds
        if ratio > MOST_RATIO:
            found.append(f"ratio {ratio:.1f}, wanted {MOST_RATIO:.0f}")
        most = MOST_SECONDS * self.rows / 1_000_000
        if self.first.seconds > most:
            found.append(f"{self.first.seconds:.0f} s, wanted {most:.0f}")
        if (peak := max(self.first.peak_mb, self.again.peak_mb)) > MOST_MB:
            found.append(f"{peak:.0f} MB of memory, at most {MOST_MB}")
        if self.again.stored or self.again.seconds > self.first.seconds * NOISE:
            found.append(f"again: {self.again.seconds:.0f} s, {self.again.stored} new")
        return found


@dataclass(frozen=True)
class Drill:
    """What a backup or a restore of the whole bench took."""

    name: str
    seconds: float
    peak_mb: float
    said: str
    megabytes: float | None = None


def measure(rows: int, folder: Path, say: Callable[[str], None]) -> Load:
    """Import a CSV of `rows` deals by the product's own command, in its own process."""
    file = folder / "bench.csv"
    _write(file, rows)
    copied = _copy(rows, folder / "bench.copy")
    say(f"COPY of {rows:,} rows: {copied:.1f} s")
    source = f"bench-{int(time.time())}"
    command = ("manage.py", "import_crm", str(file), "--source", source)
    first = _imported(*command, "--owner", "admin@x.example")
    say(f"Imported in {first.seconds:.1f} s: {first.phases}, {first.peak_mb:.0f} MB")
    again = _imported(*command)
    say(f"Once more in {again.seconds:.1f} s: {again.phases}, {again.peak_mb:.0f} MB")
    return Load(rows, first, again, copied)


def _imported(*command: str) -> Import:
    before = one("SELECT count(*) FROM opportunities_opportunity")
    seconds, peak, said = _watched(*command)
    stored = one("SELECT count(*) FROM opportunities_opportunity") - before
    phases = re.findall(r"^(\w+) in ([\d.]+) s\.$", said, re.MULTILINE)
    return Import(stored, seconds, {name: float(each) for name, each in phases}, peak)


def drill(folder: Path) -> list[Drill]:
    """Back everything up, check that, and restore it over itself, by the commands."""
    file = folder / "bench.zip"
    file.unlink(missing_ok=True)
    ways = {
        "backup": ("backup", str(file)),
        "check": ("restore", str(file), "--verify"),
        "restore": ("restore", str(file), "--replace"),
    }
    found = []
    for name, command in ways.items():
        seconds, peak, said = _watched("manage.py", *command)
        found.append(Drill(name, seconds, peak, said.strip().splitlines()[-1]))
    found[0] = replace(found[0], megabytes=file.stat().st_size / 1e6)
    file.unlink()
    return found


def _watched(*command: str) -> tuple[float, float, str]:
    """Run Python with `command`; return the seconds, the most memory in MB, the words.

    Ends the bench with what it said if it fails.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed:\n{said}")
    return time.perf_counter() - begun, used.ru_maxrss / 1024, said


def _write(file: Path, rows: int) -> None:
    """Write deals as a CRM exports them, one in a hundred with an odd amount."""
    stages = list(
        Opportunity.objects.open().values_list("stage__name", flat=True).distinct()
    )
    with open(file, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["id", "name", "account", "stage", "amount", "close date", "next step"]
        )
        for n in range(rows):
            amount = "a lot" if n % 100 == 99 else f"{n * 37 % 200_000}.50"
            day = f"2027-{1 + n % 12:02}-{1 + n % 28:02}"
            account = f"Imported {n // 5}"
            stage = stages[n % len(stages)]
            writer.writerow(
                [f"x-{n}", f"Deal {n}", account, stage, amount, day, "Call them"]
            )


def _copy(rows: int, file: Path) -> float:
    """Time COPY of as many plain rows into the same table, and take them back."""
    table = Opportunity._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE source ON COMMIT DROP AS SELECT o.* "
            f"FROM {table} o, generate_series(1, {rows} / "
            f"(SELECT count(*) FROM {table})::int + 1) LIMIT {rows}"
        )
        cursor.execute(
            "UPDATE source SET id = nextval(pg_get_serial_sequence(%s, 'id')), "
            "external_id = 'copy-' || id || random(), submission_key = NULL",
            [table],
        )
        # Not in memory: the most that a process had counts for those that it starts.
        with open(file, "wb") as out, cursor.copy("COPY source TO STDOUT") as copy:
            out.writelines(bytes(piece) for piece in copy)
        begun = time.perf_counter()
        with open(file, "rb") as lines, cursor.copy(f"COPY {table} FROM STDIN") as copy:
            while block := lines.read(BLOCK):
                copy.write(block)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    file.unlink()
    return seconds
