"""What is noted at a part of a meeting: for all, or for the own eyes."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from rhythm.calendar.models import OwnNote, TimedPart
from rhythm.web.versions import Conflict, check_version


def set_note(part: TimedPart, text: str, *, shown_version: int | None) -> bool:
    """Save the shared note of a locked part; return whether it says something new.

    Raises Conflict if it changed since it was shown, and says something else.
    """
    text = _plain(text)
    if text == part.note:
        return False
    if shown_version is not None and shown_version != part.note_version:
        raise Conflict(part)
    part.note = text
    part.clean_fields(exclude={e.name for e in part._meta.fields} - {"note"})
    part.note_version += 1
    part.save(update_fields=["note", "note_version"])
    return True


@transaction.atomic
def set_own_note[N: OwnNote](
    kind: type[N], text: str, *, shown_version: int | None, **of: models.Model
) -> N:
    """Keep what an author notes for the own eyes. Nobody else is told.

    of are the `item` and the `author`. shown_version 0 means that there was no note
    yet. Raises Conflict.
    """
    text = _plain(text)
    notes: Any = kind.objects  # type: ignore[attr-defined]
    notes.bulk_create([kind(version=0, **of)], ignore_conflicts=True)
    note: N = notes.select_for_update(of=("self",)).get(**of)
    if text == note.text:
        return note
    check_version(note, shown_version)
    note.text = text
    note.clean_fields(exclude=[*of])
    note.version += 1
    note.save(update_fields=["text", "version", "updated_at"])
    return note


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").rstrip()
