"""Addresses of many records of one kind, put together without asking for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from django.urls import reverse

# No record has it, and no address has it in it by chance.
STAND_IN = 7_777_777_777


def address(name: str, pk: int, *more: str) -> str:
    """Return `reverse(name, args=[pk, *more])`, for rows: a tenth of its time.

    more must be words of ours, of which there are few: what stands around the key is
    kept for each.
    """
    before, after = _around(name, *more)
    return f"{before}{pk:d}{after}"


def addresses(name: str, *first: int) -> Callable[[int], str]:
    """Return what writes `reverse(name, args=[*first, pk])`, asked for once."""
    around = reverse(name, args=[*first, STAND_IN])
    before, _, after = around.rpartition(str(STAND_IN))
    return lambda pk: f"{before}{pk:d}{after}"


@cache
def _around(name: str, *more: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[STAND_IN, *more]).partition(str(STAND_IN))
    return before, after
