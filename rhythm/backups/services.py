"""Taking a backup, checking one, and coming back from one."""

from __future__ import annotations

import contextlib
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import psycopg
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DataError, IntegrityError, transaction

from rhythm.backups import database
from rhythm.backups.archive import (
    PIECE,
    Manifest,
    Reader,
    Refused,
    Table,
    Writer,
)
from rhythm.notices.services import hold_what_was_due
from rhythm.people.models import Invitation, User
from rhythm.people.models.audit import AuditKind
from rhythm.people.services import audit

TABLES, FILES = "tables", "files"
# Within the folder of files, while they come back.
COMING, GOING = ".coming", ".going"

# COPY raises the driver's own errors, and everything else Django's.
CONTRADICTIONS = (
    DataError,
    IntegrityError,
    psycopg.DataError,
    psycopg.IntegrityError,
    psycopg.ProgrammingError,
)

type Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What came back, and what was stopped."""

    rows: int
    files: int
    held: int
    # The names of those whose invitation no longer works.
    uninvited: tuple[str, ...]


def backup(path: Path, *, now: datetime, say: Say) -> Manifest:
    """Write the database, as of one moment, and all files to the new file `path`.

    Others go on working meanwhile. Costs one pass over everything, in constant memory.
    Afterwards the audit log says that it was taken; the backup itself does not.

    Raises Refused if there is such a file, and ProgrammingError if this role may not
    read everything: half a backup is none.
    """
    with Writer(path) as writer:
        with transaction.atomic():
            database.begin_reading()
            tables = tuple(_copy_out(writer, say))
            migrations = database.migrations()
            sequences = database.sequences()
        # After the database: what a row names is there, unless it went meanwhile.
        first = len(writer.members)
        for file in _files():
            _pack(writer, file)
        manifest = Manifest(
            version=product_version(),
            taken_at=now,
            migrations=migrations,
            tables=tables,
            sequences=sequences,
            files=tuple(writer.members[first:]),
            left_out=database.LEFT_OUT,
        )
        writer.finish(manifest)
    audit.record(
        AuditKind.BACKUP_TAKEN,
        by=None,
        text=f"{sum(each.rows for each in tables):,} rows",
    )
    return manifest


def verify(path: Path) -> Manifest:
    """Read all of a backup and return what is in it. Touches nothing.

    Raises Refused if it is damaged, or a newer product made it.
    """
    with Reader(path) as reader:
        _check(reader)
        return reader.manifest


def restore(path: Path, *, replace: bool, now: datetime, say: Say) -> Restored:
    """Put everything back as it was in the backup; return what was done.

    The database changes in one transaction, or not at all. What was due before `now`
    is held until an admin releases it, nobody is signed in, and the invitations and
    password links that came back no longer work.

    Raises Refused if the backup is damaged or newer, or if somebody is in the
    database already and `replace` is not given.
    """
    with Reader(path) as reader:
        say("Checking the backup ...")
        _check(reader)
        if not replace and not _is_empty():
            raise Refused(
                "There are people in this database already. Give --replace to remove "
                "everything that is in it, and put the backup in its place."
            )
        with _unpacked(reader):
            try:
                with transaction.atomic():
                    rows = _bring_back(reader, say)
                    held = hold_what_was_due(taken_at=reader.manifest.taken_at, now=now)
                    uninvited = _close_doors(now)
                    _record(reader.manifest)
            except CONTRADICTIONS as error:
                raise Refused(f"The backup contradicts itself: {error}") from error
            _put_files_in_place()
    database.run("ANALYZE")
    return Restored(rows, len(reader.manifest.files), held, uninvited)


@cache
def product_version() -> str:
    """Return the version of this product."""
    with open(settings.BASE_DIR / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def _copy_out(writer: Writer, say: Say) -> Iterator[Table]:
    for name in database.tables():
        if name in (*database.LEFT_OUT, database.MIGRATIONS):
            continue
        columns, rows = database.columns(name), 0
        with writer.member(f"{TABLES}/{name}.copy") as packer:
            for piece in database.copy_out(name, columns):
                packer.write(piece)
                rows += piece.count(b"\n")
        say(f"{name}: {rows:,} rows")
        yield Table(name, columns, rows, writer.members[-1])


def _files() -> list[Path]:
    """Return every uploaded file, without those of a restore that was broken off."""
    root = Path(settings.MEDIA_ROOT)
    return [
        path
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.is_symlink()
        and path.relative_to(root).parts[0] not in (COMING, GOING)
    ]


def _pack(writer: Writer, file: Path) -> None:
    name = f"{FILES}/{file.relative_to(settings.MEDIA_ROOT).as_posix()}"
    # Gone since: no row of this backup's moment is any the worse for it.
    with (
        contextlib.suppress(FileNotFoundError),
        open(file, "rb") as opened,
        writer.member(name) as packer,
    ):
        while piece := opened.read(PIECE):
            packer.write(piece)


def _check(reader: Reader) -> None:
    if unknown := database.unknown_migrations(reader.manifest.migrations):
        raise Refused(
            f"A newer Rhythm ({reader.manifest.version}) made this backup; this one is "
            f"{product_version()} and does not know: {', '.join(unknown)}."
        )
    reader.verify()


def _is_empty() -> bool:
    """Return whether there is nothing in the database that anybody could miss."""
    found = database.tables()
    if User._meta.db_table in found:
        return not User.objects.exists()
    return not found


def _bring_back(reader: Reader, say: Say) -> int:
    """Make the database what it was, and then what this version needs."""
    database.be_patient()
    # A change of the schema does not go with checks that are still to come.
    database.run("SET CONSTRAINTS ALL IMMEDIATE")
    manifest = reader.manifest
    database.wipe()
    say("Making the tables ...")
    database.migrate_to(manifest.migrations)
    with database.BareTables():
        database.truncate(each.name for each in manifest.tables)
        rows = sum(_copy_in(reader, each, say) for each in manifest.tables)
    database.set_sequences(manifest.sequences)
    say("Bringing them up to this version ...")
    ContentType.objects.clear_cache()
    call_command("prepare_database", verbosity=0)
    return rows


def _copy_in(reader: Reader, table: Table, say: Say) -> int:
    say(f"{table.name}: {table.rows:,} rows")
    rows = database.copy_in(table.name, table.columns, reader.pieces(table.member))
    if rows != table.rows:
        raise Refused(f"{table.name} has {rows} rows, and should have {table.rows}.")
    return rows


def _close_doors(now: datetime) -> tuple[str, ...]:
    """Stop what lets somebody in and may have been used or withdrawn since."""
    usable = Invitation.objects.usable(now).select_related("user").order_by("user_id")
    names = tuple(dict.fromkeys(each.user.name for each in usable))
    usable.update(withdrawn_at=now)
    # A password link names the last sign-in, so this ends those that are out.
    User.objects.exclude(last_login=None).update(last_login=now)
    return names


def _record(manifest: Manifest) -> None:
    audit.record(
        AuditKind.BACKUP_RESTORED,
        by=None,
        text=f"Taken at {manifest.taken_at:%Y-%m-%d %H:%M} UTC",
    )


@contextlib.contextmanager
def _unpacked(reader: Reader) -> Iterator[None]:
    """Have the files lie beside those that are there, for the block."""
    coming = Path(settings.MEDIA_ROOT) / COMING
    shutil.rmtree(coming, ignore_errors=True)
    coming.mkdir(parents=True)
    try:
        for member in reader.manifest.files:
            path = coming / member.name.removeprefix(f"{FILES}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "wb") as file:
                file.writelines(reader.pieces(member))
        yield
    finally:
        shutil.rmtree(coming, ignore_errors=True)


def _put_files_in_place() -> None:
    """Swap the files for those of the backup: two moves for each, and no copies."""
    root = Path(settings.MEDIA_ROOT)
    coming, going = root / COMING, root / GOING
    shutil.rmtree(going, ignore_errors=True)
    going.mkdir()
    for path in list(root.iterdir()):
        if path.name not in (COMING, GOING):
            path.rename(going / path.name)
    for path in list(coming.iterdir()):
        path.rename(root / path.name)
    shutil.rmtree(going)
