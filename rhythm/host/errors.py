"""What goes wrong on a machine, said so that a person can put it right."""

from __future__ import annotations

import errno
from pathlib import Path

SAID: dict[int | None, str] = {
    errno.ENOSPC: "The disk is full ({where}). Free some space and start again.",
    errno.EDQUOT: "The disk quota is used up ({where}). Free some space first.",
    errno.EROFS: "The disk is read-only ({where}). Rhythm keeps its data there.",
    errno.EACCES: (
        "This account may not use {where}. Was it made by another account, "
        "such as root? Start Rhythm as that one, or give the folder to yours."
    ),
}
SAID[errno.EPERM] = SAID[errno.EACCES]
# How programs that we start write the same things.
WRITTEN = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "Read-only file system": errno.EROFS,
}


class HostError(Exception):
    """Rhythm cannot start or go on here. The text is for the person at the terminal."""


def explained(error: OSError, where: Path) -> HostError:
    """Return what to tell the person about `error`, which happened near `where`."""
    place = error.filename or where
    text = SAID.get(error.errno, "{where}: " + (error.strerror or str(error)))
    return HostError(text.format(where=place))


def explained_output(output: str, where: Path, otherwise: str) -> HostError:
    """Return what to tell the person about a program that failed with `output`.

    otherwise is said when the output names nothing that we know; its last line
    follows, since it is mostly the reason.
    """
    for words, number in WRITTEN.items():
        if words in output:
            return HostError(SAID[number].format(where=where))
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return HostError(f"{otherwise} {lines[-1]}" if lines else otherwise)
