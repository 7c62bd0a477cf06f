"""The demo organisation: a review that is worth running, each time the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import TruncQuarter
from pytest_django.plugin import DjangoDbBlocker

from pipeline.movement.models import DaySummary, SummarisedDay
from pipeline.opportunities.flags import GONE, KINDS
from pipeline.opportunities.models import (
    MilestoneRecord,
    Opportunity,
    SavedView,
    Source,
)
from pipeline.opportunities.selectors.duplicates import pairs_of
from pipeline.opportunities.selectors.events import events_of
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.services import stages as moves
from pipeline.process.models import Stage
from pipeline.reviews.models import Review, ReviewItem
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from rhythm.people.demo import DEMO_CAST
from rhythm.people.models import Membership, Organisation, Team, User
from scorecards.demo.cast import PEOPLE
from scorecards.demo.days import Days
from scorecards.demo.occasions import next_start, weekly
from scorecards.demo.seed import ZONE, seed
from scorecards.homes.selectors.pressing import is_pressing

NOW = datetime(2026, 11, 19, 9, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """Seed once for all tests here, which only read, and leave nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        count = seed(NOW)
        # Once, or each test would look at every foreign key again.
        connection.check_constraints()
        yield count
        transaction.set_rollback(True)


def of(key: str) -> User:
    return User.objects.get(email=f"{key}@demo.example")


def test_ritas_deals_show_every_flag_that_there_is(demo: int) -> None:
    rita = of("rita")
    deals = list(Opportunity.objects.open().filter(owner=rita))

    found = flags_of(deals, viewer=of("lena"), now=NOW)

    shown = {flag.kind for flags in found.values() for flag in flags}
    # Her deals come from no CRM, so that no export can lack one.
    assert shown == set(KINDS) - {GONE}


def test_the_deals_of_one_team_come_from_a_crm_and_two_vanished_there(
    demo: int,
) -> None:
    source = Source.objects.get()
    brought = Opportunity.objects.filter(source=source.name)
    deals = list(brought.open())

    found = flags_of(deals, viewer=of("omar"), now=NOW)

    kinds = [flag.kind for flags in found.values() for flag in flags]
    assert kinds.count(GONE) == 2
    assert {each.team_of for each in _with_team(brought)} == {"West"}
    assert source.owned
    assert source.as_of
    assert source.as_of < NOW


def _with_team(deals: Any) -> Any:
    team = Membership.objects.filter(user=OuterRef("owner")).values("team__name")
    return deals.annotate(team_of=Subquery(team[:1]))


def test_most_deals_of_a_team_are_fine(demo: int) -> None:
    for key in ("lena", "omar", "ines", "pavel", "astrid", "noor"):
        deals = list(Opportunity.objects.open().visible_to(of(key)))
        found = flags_of(deals, viewer=of(key), now=NOW)
        pressing = [each for each in found.values() if is_pressing(each)]

        assert len(deals) / 8 < len(pressing) < len(deals) * 0.6
        assert 30 < len(deals) < 70


def test_about_sixty_people_work_in_three_levels_of_teams(demo: int) -> None:
    people = User.objects.active()
    left = User.objects.filter(is_active=False)

    assert 55 <= people.count() <= 65
    assert left.count() == 4
    assert not Opportunity.objects.open().filter(owner__in=left).exists()
    assert {len(each.line) for each in Team.objects.all()} == {1, 2, 3}
    handed = events_of(Opportunity).filter(owner__in=left)
    assert handed.filter(outcome="", pgh_obj__closed_on=None).exists()


def test_two_years_tell_their_quarters(demo: int) -> None:
    quarters = (
        Opportunity.objects.closed()
        .annotate(quarter=TruncQuarter("closed_on"))
        .values("quarter")
        .annotate(
            deals=Count("pk"),
            won=Count("pk", filter=Q(outcome="won")),
            lost=Count("pk", filter=Q(outcome="lost")),
        )
        .order_by("quarter")
    )
    # The first and the last are parts of quarters.
    whole = list(quarters)[1:-1]

    assert len(whole) == 7
    for each in whole:
        assert each["deals"] > 50
        assert 0.25 < each["won"] / (each["won"] + each["lost"]) < 0.55
    assert not Opportunity.objects.closed().filter(close_reason="").exists()
    assert not Opportunity.objects.filter(closed_on__gt=NOW.date()).exists()


def test_every_night_of_two_years_has_its_summary(demo: int) -> None:
    first = NOW.date() - timedelta(days=730)
    days = DaySummary.objects.filter(day__gte=first)

    assert days.values("day").distinct().count() == 730
    assert not SummarisedDay.objects.stale().exists()


def test_nothing_happened_before_its_deal_began_or_after_it_closed(demo: int) -> None:
    events = events_of(Opportunity)
    early = events.filter(pgh_created_at__lt=F("pgh_obj__created_at"))
    late = events.filter(pgh_created_at__date__gt=F("pgh_obj__closed_on"))
    records = MilestoneRecord.objects
    unmet = records.filter(done_on__gt=F("opportunity__closed_on"))

    assert not early.exists()
    assert not late.exists()
    assert not unmet.exists()


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
    held = Review.objects.finished()
    latest = held.latest("meeting__starts_at").meeting.starts_at
    to_run = Review.objects.planned()

    assert {each.meeting.team for each in held} == set(Team.objects.all())
    assert (NOW - latest).days in (6, 7)
    assert not ReviewItem.objects.undecided().filter(review__in=held).exists()
    assert to_run.filter(meeting__chair=of("lena")).count() == 1
    assert to_run.count() == 6
    for review in to_run:
        assert timedelta() < review.meeting.starts_at - NOW < timedelta(days=6)


@pytest.mark.parametrize("weekday", range(7))
def test_this_weeks_review_never_waits_longer_than_a_week(weekday: int) -> None:
    now = NOW + timedelta(days=weekday)
    days = Days(now, ZONE)
    for number in range(6):
        latest = weekly(Random(1), days, number=number)[0]
        starts = next_start(days, latest)

        assert timedelta() < starts - now < timedelta(days=6)
        assert starts.weekday() < 5
        assert 7 <= latest.days_ago < 13


def test_reviews_were_held_nearly_every_week_but_not_quite(demo: int) -> None:
    held = Review.objects.finished().filter(meeting__chair=of("lena"))

    assert 80 <= held.count() < 104
    assert Review.objects.past().exclude(pk__in=Review.objects.finished()).exists()


def test_the_minutes_of_the_last_weeks_can_be_read_as_they_were_sent(demo: int) -> None:
    mails = Notice.objects.filter(kind="reviews.minutes")

    assert mails.count() > 20
    assert not mails.filter(Q(text="") | Q(html="")).exists()


def test_one_promise_to_talk_about_was_broken(demo: int) -> None:
    rita, today = of("rita"), of("rita").today(NOW)
    broken = Commitment.objects.broken(today)

    assert [each.about for each in broken.filter(promiser=rita)] == [
        "Brennecke Logistics"
    ]
    assert 1 < broken.count() < 15
    late = Commitment.objects.filter(kept_on__gt=F("due_on"))
    kept = Commitment.objects.filter(kept_on__lte=F("due_on"))
    assert 0 < late.count() < kept.count() / 4


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


def test_a_rep_finds_her_leaders_view_and_an_account_entered_twice(demo: int) -> None:
    views = SavedView.objects.visible_to(of("rita")).values_list("name", flat=True)
    pairs = pairs_of("accounts", viewer=of("rita")).pairs

    assert set(views) == {"Closes this month", "No next step"}
    assert [{each.one.name, each.other.name} for each in pairs] == [
        {"Kelso Paper", "Kelso Paper Ltd"}
    ]
