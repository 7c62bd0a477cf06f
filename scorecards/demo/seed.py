"""Makes the demo organisation, the same each time but for today's date."""

from __future__ import annotations

from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from pipeline.activities.services.kinds import create_starter_kinds
from pipeline.movement import services as movement
from rhythm.people.models import User
from scorecards.demo import (
    desks,
    inboxes,
    organisation,
    plans,
    priorities,
    rhythm,
    rooms,
)
from scorecards.demo.background import background
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal
from scorecards.demo.deals import DealWriter
from scorecards.demo.reviews import ReviewWriter
from scorecards.demo.stories import STORIES
from scorecards.demo.talk import tell

SEED = 47
ZONE = ZoneInfo("Europe/Berlin")


@transaction.atomic
def seed(now: datetime) -> int:
    """Fill an empty installation with the demo; return how many deals it has.

    now decides what "today" is; everything else is fixed.

    Raises ValidationError if somebody is here already: a demo never mixes with
    people's own data.
    """
    if User.objects.exists():
        raise ValidationError("There are people here already; a demo needs none.")
    days = Days(now, ZONE)
    create_starter_kinds()
    company = organisation.build(days)
    writer = DealWriter(company, days)
    told = writer.write(deals_of(days))
    tell(told, company, days)
    desks.fill(company)
    reviews = ReviewWriter(company, days, writer.past)
    reviews.write(told)
    _tell_the_planner()
    reviews.plan()
    plans.tell(company, days)
    inboxes.fill(days)
    rhythm.set_going(company, days)
    rooms.furnish(company, days)
    priorities.say(company, days)
    # The nights that a worker would have summarised.
    movement.plan(now=now)
    while movement.summarise():
        pass
    return len(told)


def deals_of(days: Days) -> list[Deal]:
    """Return all deals of the demo, the same each time for the same day."""
    random = Random(SEED)  # noqa: S311 (a story, not a secret)
    return [*STORIES, *background(random, days)]


def _tell_the_planner() -> None:
    """Let PostgreSQL know how full the tables are; it would plan for empty ones."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
