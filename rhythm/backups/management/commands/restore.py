"""Put everything back from one file: manage.py restore backup.zip"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from rhythm.backups import services
from rhythm.backups.archive import Refused


class Command(BaseCommand):
    help = (
        "Put the database and all files back from a backup. What was due is held in "
        "the outbox until an admin releases it; everybody signs in again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path)
        parser.add_argument(
            "--verify", action="store_true", help="only check the backup; touch nothing"
        )
        parser.add_argument(
            "--replace", action="store_true", help="remove what is here, whatever it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["verify"]:
                self.verify(options["backup"])
            else:
                self.restore(options["backup"], replace=options["replace"])
        except (Refused, OSError) as error:
            raise CommandError(str(error)) from error
        except OperationalError as error:
            raise CommandError(
                f"Nothing was changed: {error} Is anybody still working with it? Stop "
                "the web and the workers first."
            ) from error

    def verify(self, path: Path) -> None:
        manifest = services.verify(path)
        rows = sum(each.rows for each in manifest.tables)
        self.stdout.write(
            f"{path} is whole: {len(manifest.tables)} tables with {rows:,} rows, "
            f"{len(manifest.files)} files, taken at {manifest.taken_at:%Y-%m-%d %H:%M} "
            f"UTC by Rhythm {manifest.version}."
        )

    def restore(self, path: Path, *, replace: bool) -> None:
        done = services.restore(
            path, replace=replace, now=timezone.now(), say=self.stdout.write
        )
        self.stdout.write(f"Restored: {done.rows:,} rows and {done.files} files.")
        if done.held:
            self.stdout.write(
                f"{done.held} mails were due and are HELD: release or drop them on the "
                "outbox page."
            )
        if done.uninvited:
            self.stdout.write(
                f"Invite again, their links no longer work: {', '.join(done.uninvited)}"
            )
        self.stdout.write("Everybody signs in again.")
