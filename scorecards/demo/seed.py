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
from scorecards.demo import organisation
from scorecards.demo.background import closed_deals, open_deals
from scorecards.demo.cast import PEOPLE
from scorecards.demo.days import Days
from scorecards.demo.deals import DealWriter
from scorecards.demo.reviews import ReviewWriter
from scorecards.demo.stories import STORIES
from scorecards.demo.talk import tell

SEED = 47


@transaction.atomic
def seed(now: datetime) -> int:
    """Fill an empty installation with the demo; return how many deals it has.

    now decides what "today" is; everything else is fixed.

    Raises ValidationError if somebody is here already: a demo never mixes with
    people's own data.
    """
    if User.objects.exists():
        raise ValidationError("There are people here already; a demo needs none.")
    random = Random(SEED)  # noqa: S311 (a story, not a secret)
    days = Days(now, ZoneInfo("Europe/Berlin"))
    create_starter_kinds()
    company = organisation.build(days)
    deals = [*STORIES, *open_deals(random), *closed_deals(random)]
    told = DealWriter(company, days).write(deals)
    tell(told, company, days)
    reviews = ReviewWriter(days, random)
    teams = {each.key: each.team for each in PEOPLE}
    for name, team in company.teams.items():
        own = [
            each
            for each in told
            if teams[each.deal.owner] == name and not each.deal.closed
        ]
        if own:
            reviews.write(team, own)
    _tell_the_planner()
    # The nights that a worker would have summarised.
    movement.plan(now=now)
    while movement.summarise():
        pass
    return len(told)


def _tell_the_planner() -> None:
    """Let PostgreSQL know how full the tables are, so that first pages are fast."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
