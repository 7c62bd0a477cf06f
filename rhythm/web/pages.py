"""Pages of a list whose end nobody counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model, Q


def beyond(row: Model, columns: Sequence[str]) -> Q:
    """Return what comes after `row` in the order of these columns, all ascending.

    A page that is found so costs the same at any depth, and rows that come or go
    meanwhile move no other to where the reader misses it.
    """
    found, same = Q(), Q()
    for each in columns:
        value = getattr(row, each)
        found |= same & Q(**{f"{each}__gt": value})
        same &= Q(**{each: value})
    return found


@dataclass(frozen=True)
class Place:
    """Where a page stands: what `_pager.html` asks of one."""

    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


@dataclass(frozen=True)
class Numbered[R](Place):
    """A page of rows."""

    rows: list[R]
