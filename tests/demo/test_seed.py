"""The demo organisation: a review that is worth running, each time the same."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from pipeline.opportunities.flags import GONE, KINDS
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.services import stages as moves
from pipeline.process.models import Stage
from pipeline.reviews.models import Review, ReviewItem
from rhythm.commitments.models import Commitment
from rhythm.people.demo import DEMO_CAST
from rhythm.people.models import Organisation, User
from scorecards.demo.cast import PEOPLE
from scorecards.demo.seed import seed

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Seed once for all tests here, which only read, and leave nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield seed(NOW)
        transaction.set_rollback(True)


def of(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.example")


def test_ritas_deals_show_every_flag_that_there_is(demo: int) -> None:
    rita = of("rita")
    deals = list(Opportunity.objects.open().filter(owner=rita))

    found = flags_of(deals, viewer=of("lena"), now=NOW)

    shown = {flag.kind for flags in found.values() for flag in flags}
    # Only a later export can lack a deal, and the demo company has none.
    assert shown == set(KINDS) - {GONE}


def test_the_people_of_the_one_click_door_are_there(demo: int) -> None:
    assert set(DEMO_CAST) <= {each.email for each in PEOPLE}
    assert Organisation.current().is_demo


def test_leaders_of_three_levels_see_more_and_more(demo: int) -> None:
    seen = [
        Opportunity.objects.visible_to(of(key)).count()
        for key in ("rita", "lena", "vera", "max")
    ]

    assert seen == sorted(set(seen))[: len(seen)] or seen[-1] == seen[-2]
    assert seen[0] < seen[1] < seen[2] <= seen[3] == demo


def test_each_team_held_reviews_and_this_weeks_is_still_to_run(demo: int) -> None:
    teams = {each.meeting.team_id for each in Review.objects.finished()}
    latest = Review.objects.finished().latest("meeting__starts_at").meeting.starts_at

    assert len(teams) == 3
    assert (NOW - latest).days in (6, 7)
    assert not ReviewItem.objects.filter(decision="").exists()


def test_one_promise_to_talk_about_was_broken(demo: int) -> None:
    broken = Commitment.objects.broken(of("rita").today(NOW))

    assert [each.about for each in broken] == ["Brennecke Logistics"]


def test_history_tells_what_changed_in_the_deal_of_the_week(demo: int) -> None:
    deal = Opportunity.objects.get(account__name="Brennecke Logistics")
    past = deal.events.order_by("pgh_created_at")  # type: ignore[attr-defined]

    assert past.values_list("stage__name", flat=True).distinct().count() > 1
    assert past.last().amount > deal.amount
    assert all(each.pgh_created_at < NOW for each in past)


def test_its_gate_is_closed_until_the_customer_confirms(demo: int) -> None:
    deal = Opportunity.objects.get(account__name="Brennecke Logistics")
    negotiate = Stage.objects.get(process=deal.process, name="Negotiate")

    with pytest.raises(moves.GateClosed, match="Decision process"):
        moves.move(deal, to=negotiate, by=of("rita"), now=NOW)
