"""Which kind of activity a file's text means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.activities.models import ActivityKind
from pipeline.imports.answers import values_of
from pipeline.imports.guessing import plain
from pipeline.imports.models import FileKind, ImportFile

KIND_WORDS = {
    "call": ("call", "phone", "anruf"),
    "email": ("mail",),
    "meeting": ("meeting", "event", "appointment"),
    "visit": ("visit",),
    "demo": ("demo",),
    "proposal": ("propos", "quote"),
}


def settle_activity_kinds(files: Iterable[ImportFile]) -> dict[str, Any]:
    """Return `kinds`: text to id and name. The empty text is the stand-in."""
    activities = [file for file in files if file.kind == FileKind.ACTIVITIES]
    if not activities:
        return {"kinds": {}}
    kinds = [(kind.pk, kind.name) for kind in ActivityKind.objects.offered()]
    by_name = {plain(name): [pk, name] for pk, name in kinds}
    other = by_name.get("other") or ([*kinds[-1]] if kinds else None)
    found = {
        text: by_name.get(plain(text)) or _by_word(plain(text), by_name) or other
        for text in (values_of(activities, "kind") or {})
    }
    known = {text: ref for text, ref in {**found, "": other}.items() if ref}
    return {"kinds": known}


def _by_word(text: str, by_name: dict[str, list[Any]]) -> list[Any] | None:
    for name, words in KIND_WORDS.items():
        if any(word in text for word in words):
            return by_name.get(name)
    return None
