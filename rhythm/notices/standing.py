"""What stands in everybody's morning mail, whatever came: said by other apps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from rhythm.people.models import User


@dataclass(frozen=True)
class Standing:
    """Some lines below one title, as they stand in the mail."""

    title: str
    lines: Sequence[str]


def standing_for(person: User, *, now: datetime) -> Iterator[Standing]:
    """Yield what stands in the person's morning mail.

    Asked of the functions that settings.MORNING_MAIL names, in their words and queries.
    """
    for name in settings.MORNING_MAIL:
        yield from import_string(name)(person, now=now)
