"""What reps write of their deals before a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors.preparing import own_items
from pipeline.reviews.words import PREPARED_WORDS
from rhythm.calendar.models import BEFORE_ITS_END, MeetingState
from rhythm.calendar.services.course import beat, locked
from rhythm.calendar.services.locking import require
from rhythm.people.models import User
from rhythm.web.versions import Conflict


@dataclass(frozen=True)
class Prepared:
    """What a rep says of one deal: texts by the names of PREPARED_WORDS.

    shown_version None overwrites whatever is there.
    """

    texts: Mapping[str, str]
    shown_version: int | None


class Overtaken(Conflict):
    """Some of the items changed after they were shown. None of all is saved."""

    def __init__(self, items: list[ReviewItem]) -> None:
        super().__init__(items[0])
        self.items = items


@transaction.atomic
def write_preparation(
    review: Review, said: Mapping[int, Prepared], *, by: User, now: datetime
) -> list[ReviewItem]:
    """Keep what `by` says of the own deals, by item; return all of these items.

    Possible until the review is finished. What is the same, changes nothing. Five
    queries, and one for each deal that says something new.

    Raises PermissionDenied for whoever owns none of the deals, ValidationError once it
    is over, and Overtaken.
    """
    review = locked(review)
    items = list(own_items(review, by).select_for_update(of=("self",)))
    if not items:
        raise PermissionDenied
    require(review.meeting, *BEFORE_ITS_END, MeetingState.MISSED)
    changed = [each for each in items if each.pk in said and _differs(each, said)]
    overtaken = [
        each
        for each in changed
        if said[each.pk].shown_version not in (None, each.prep_version)
    ]
    if overtaken:
        raise Overtaken(overtaken)
    for item in changed:
        _write(item, said[item.pk].texts, by, now)
        beat(review, item=item)
    return items


def _differs(item: ReviewItem, said: Mapping[int, Prepared]) -> bool:
    texts = said[item.pk].texts
    return any(getattr(item, name) != texts[name] for name in PREPARED_WORDS)


def _write(item: ReviewItem, texts: Mapping[str, str], by: User, now: datetime) -> None:
    for name in PREPARED_WORDS:
        setattr(item, name, texts[name])
    others = {each.name for each in item._meta.fields} - set(PREPARED_WORDS)
    item.clean_fields(exclude=others)
    item.prep_version += 1
    item.prepared_by, item.prepared_at = by, now
    item.save(
        update_fields=[*PREPARED_WORDS, "prep_version", "prepared_by", "prepared_at"]
    )
