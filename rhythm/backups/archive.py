"""One backup is one zip file: tables, files, and a manifest with a hash of each.

Written and read in pieces, so that its size does not matter. Knows no database.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Self

MANIFEST = "manifest.json"
# Raised by one whenever an older product could not read what is written here.
FORMAT = 1
PIECE = 1024 * 1024
# Nearly as small as the best, at a third of its time.
LEVEL = 3
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError)


class Refused(Exception):
    """Nothing was done; the text says why, and what to do."""


@dataclass(frozen=True)
class Member:
    """One file in the archive, as it was before it was packed."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Table:
    """The rows of a table, in COPY's text format, in the member of that name."""

    name: str
    columns: tuple[str, ...]
    rows: int
    member: Member


@dataclass(frozen=True)
class Manifest:
    """What is in a backup, and what made it."""

    version: str
    taken_at: datetime
    # As (app, name): the state of the schema that the tables have.
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    # The last number that each sequence gave out.
    sequences: dict[str, int]
    files: tuple[Member, ...] = ()
    # Tables that are known and are not in it.
    left_out: tuple[str, ...] = ()
    format: int = FORMAT

    @property
    def members(self) -> list[Member]:
        return [*(each.member for each in self.tables), *self.files]

    def to_json(self) -> str:
        values = asdict(self) | {"taken_at": self.taken_at.isoformat()}
        return json.dumps(values, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the manifest. Raises Refused if it is not one that we can read."""
        try:
            values = json.loads(text)
            if values["format"] > FORMAT:
                raise Refused("A newer Rhythm made this backup. Restore it with that.")
            values["taken_at"] = datetime.fromisoformat(values["taken_at"])
            values["migrations"] = tuple(map(tuple, values["migrations"]))
            values["tables"] = tuple(map(_table, values["tables"]))
            values["files"] = tuple(Member(**each) for each in values["files"])
            values["left_out"] = tuple(values["left_out"])
            return cls(**values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Refused("Its manifest cannot be read: the backup is damaged.") from (
                error
            )


def _table(values: dict[str, Any]) -> Table:
    member = Member(**values["member"])
    return Table(values["name"], tuple(values["columns"]), values["rows"], member)


@dataclass
class Packer:
    """Takes the bytes of one member."""

    out: IO[bytes]
    size: int = 0
    sha256: Any = field(default_factory=hashlib.sha256)

    def write(self, piece: bytes) -> None:
        self.out.write(piece)
        self.size += len(piece)
        self.sha256.update(piece)


class Writer:
    """Writes an archive beside `path`, and puts it there once it is whole.

    Only its owner can read it: it holds everything, password hashes included.
    Raises Refused if something is there already.
    """

    def __init__(self, path: Path) -> None:
        if path.exists():
            raise Refused(f"{path} is there already, and is not replaced.")
        self.path = path
        self.half = path.with_name(f".{path.name}.half")

    def __enter__(self) -> Self:
        flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC
        self.file = open(os.open(self.half, flags, 0o600), "wb")
        self.zip = zipfile.ZipFile(
            self.file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
        )
        self.members: list[Member] = []
        return self

    @contextlib.contextmanager
    def member(self, name: str) -> Iterator[Packer]:
        """Yield what takes the bytes; afterwards the member is in `members`."""
        with self.zip.open(name, "w", force_zip64=True) as out:
            packer = Packer(out)
            yield packer
        self.members.append(Member(name, packer.size, packer.sha256.hexdigest()))

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, have the disk keep it all, and put it in its place."""
        self.zip.writestr(MANIFEST, manifest.to_json())
        self.zip.close()
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
        self.half.rename(self.path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ValueError, OSError):
            self.zip.close()
        self.file.close()
        self.half.unlink(missing_ok=True)


class Reader:
    """Reads an archive. Raises Refused wherever it is damaged."""

    def __init__(self, path: Path) -> None:
        try:
            self.zip = zipfile.ZipFile(path)
        except FileNotFoundError:
            raise Refused(f"There is no file {path}.") from None
        except BROKEN as error:
            raise Refused(
                f"{path} is no backup, or its end is missing: {error}."
            ) from error
        try:
            self.manifest = Manifest.from_json(self.zip.read(MANIFEST).decode())
        except (KeyError, UnicodeDecodeError, *BROKEN) as error:
            raise Refused(f"{path} is damaged: its manifest is not there.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.zip.close()

    def pieces(self, member: Member) -> Iterator[bytes]:
        """Yield the bytes of a member, and check at its end that they are all there."""
        found, size = hashlib.sha256(), 0
        try:
            with self.zip.open(member.name) as file:
                while piece := file.read(PIECE):
                    found.update(piece)
                    size += len(piece)
                    yield piece
        except (KeyError, *BROKEN) as error:
            raise Refused(f"{member.name} is missing or damaged: {error}.") from error
        if (size, found.hexdigest()) != (member.size, member.sha256):
            raise Refused(f"{member.name} is damaged: it is not what was backed up.")

    def verify(self) -> None:
        """Read all of it once. Raises Refused if anything is not as it was."""
        for member in self.manifest.members:
            for _ in self.pieces(member):
                pass
        for each in self.manifest.files:
            path = PurePosixPath(each.name)
            if path.is_absolute() or ".." in path.parts:
                raise Refused(f"{each.name} would lie outside the folder of files.")
