"""What the reps of the demo prepared for the reviews that are planned."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from itertools import cycle

from pipeline.meetings.services import note_read
from pipeline.reviews import services
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.services import Prepared
from pipeline.reviews.words import PREPARED_WORDS
from rhythm.people.models import User

# What changed, what the customer does next and by when, what help is needed.
SAID = (
    (
        "Their auditor named it as an open point, so it has a date now",
        "The head of quality writes down what has to be proven by Thursday",
        "A second pair of eyes on the business case",
    ),
    (
        "The budget is confirmed, from the account of next year",
        "She asks two colleagues to join the next call, and sends the names",
        "",
    ),
    (
        "The plant manager has seen the pilot data and wants line 2 in as well",
        "He takes the numbers to his board; they meet on the 14th",
        "A reference from a plant of that size",
    ),
    (
        "Purchasing asked for a framework contract instead of a single order",
        "They send their terms by Friday",
        "Somebody from legal for half an hour next week",
    ),
    (
        "Nothing since the survey; my champion is on holiday",
        "She is back on Monday and books the read-out",
        "",
    ),
    (
        "A competitor was on site last week",
        "They compare both offers until the end of the month",
        "How did we win the last one against them?",
    ),
    (
        "Our contact has a new leader, who wants to understand it first",
        "He gives us half an hour before the end of next week",
        "Come along: he has asked who stands behind this on our side",
    ),
    (
        "They want the second site in the same contract",
        "Their engineers count the units of both until Wednesday",
        "What may I say about the price of more than twenty?",
    ),
)
# So many a person has prepared at most.
MOST = 4


def prepare(review: Review, now: datetime) -> None:
    """Let reps have prepared their first deals; every third has not begun.

    Those who did have read the pre-read, too.
    """
    own: dict[User, list[ReviewItem]] = defaultdict(list)
    items = ReviewItem.objects.filter(review=review, is_exception=False)
    for item in items.select_related("opportunity__owner").order_by("position"):
        own[item.opportunity.owner].append(item)
    texts = cycle(SAID)
    for number, (owner, theirs) in enumerate(own.items()):
        if number % 3 == 2:
            continue
        done = theirs[: min(max(len(theirs) - 1, 1), MOST)]
        said = {
            item.pk: Prepared(dict(zip(PREPARED_WORDS, next(texts), strict=True)), None)
            for item in done
        }
        services.write_preparation(review, said, by=owner, now=now)
        note_read(review.meeting, owner, now=now)
