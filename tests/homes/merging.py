"""Two records made one, and pairs that look alike, as tests ask for them."""

from __future__ import annotations

from typing import Any

from pipeline.opportunities.selectors.duplicates import pairs_of
from pipeline.opportunities.services.merging import MERGED_FIELDS
from rhythm.people.models import User
from scorecards.homes.merging import merge_records


def merge(stays: Any, gone: Any, by: User, **values: Any) -> Any:
    """Merge two as they are now, with the values of the one that stays."""
    stays.refresh_from_db()
    gone.refresh_from_db()
    own = {name: getattr(stays, name) for name in MERGED_FIELDS[type(stays)]}
    shown = {stays.pk: stays.version, gone.pk: gone.version}
    return merge_records(stays, gone, own | values, by=by, shown=shown)


def pairs(kind: str, viewer: User) -> set[tuple[str, str]]:
    found = pairs_of(kind, viewer=viewer).pairs
    return {(pair.one.name, pair.other.name) for pair in found}
