"""Open questions of one person: to answer, and waiting for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.comments.models import Question
from pipeline.comments.selectors.thread import OpenRow, open_rows
from rhythm.people.models import User

PAGE = 30
# On a first page; the others are on the page of the list.
FEW = 4
TO_ANSWER, WAITING = "to_answer", "waiting"


@dataclass(frozen=True)
class Questions:
    """Open questions, the longest open first. `after` begins the next page."""

    rows: list[OpenRow]
    after: int | None


def questions(
    viewer: User,
    which: str,
    *,
    now: datetime,
    after: int | None = None,
    most: int = PAGE,
) -> Questions:
    """Return a page of what `viewer` has to answer, or asked. One query."""
    whole = Question.objects.visible_to(viewer)
    found = whole.waiting(viewer) if which == WAITING else whole.to_answer(viewer)
    if after is not None:
        found = found.filter(comment__gt=after)
    page = found.order_by("comment")[: most + 1]
    rows = open_rows(page, viewer, today=viewer.today(now))
    more, rows = len(rows) > most, rows[:most]
    return Questions(rows, rows[-1].pk if more else None)
