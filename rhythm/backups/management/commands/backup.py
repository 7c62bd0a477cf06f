"""Write everything to one file: manage.py backup /backups/"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rhythm.backups import services
from rhythm.backups.archive import Refused


class Command(BaseCommand):
    help = (
        "Write the database and all files to one new file, with a hash of each part. "
        "Others go on working meanwhile. Keep the file as safe as the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "to", type=Path, help="the new file, or a folder for one named by the time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now, path = timezone.now(), options["to"]
        if path.is_dir():
            path /= f"rhythm-{now:%Y-%m-%d-%H%M%S}.zip"
        say = self.stdout.write if options["verbosity"] > 1 else _nothing
        try:
            manifest = services.backup(path, now=now, say=say)
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        rows = sum(each.rows for each in manifest.tables)
        size = path.stat().st_size / 1e6
        self.stdout.write(
            f"{path}: {len(manifest.tables)} tables with {rows:,} rows, "
            f"{len(manifest.files)} files, {size:,.1f} MB"
        )


def _nothing(text: str) -> None:
    """Say nothing."""
