"""The nightly summaries say what the as-of reads say, and keep up with the past."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from pipeline.movement import services, tasks
from pipeline.movement.days import Span
from pipeline.movement.models import DaySummary, SummarisedDay
from pipeline.movement.selectors.asof import Scope
from pipeline.movement.selectors.bars import movement_of
from pipeline.movement.selectors.trend import Night, by_week, trend_of
from pipeline.opportunities.services import StageEntry, backfill_stage_history
from tests.factories.ticks import TickFactory
from tests.movement.conftest import WEEK, on
from tests.movement.story import a_week, told


@pytest.fixture
def week(rita, otto, stages):
    return a_week(rita, otto, stages)


def catch_up(now: datetime) -> None:
    services.plan(now=now)
    while services.summarise():
        pass


def summed(day: date, **narrowed) -> tuple[int, Decimal]:
    found = DaySummary.objects.filter(day=day, **narrowed)
    return sum(each.deals for each in found), sum(each.value for each in found)


@pytest.mark.parametrize("day", [1, 2, 3, 4, 15, 16, 17, 18])
def test_summary_and_as_of_read_agree(week, max_, rita, otto, now, day):
    catch_up(now)
    asked = date(2026, 11, day)

    for owner in (rita, otto):
        changes = movement_of(max_, Scope(owners=(owner.pk,)), Span(asked, asked))
        closing = changes.changes[-1]
        assert summed(asked, owner=owner) == (closing.deals, closing.value)


def test_stages_are_those_of_the_night(week, max_, now, stages):
    catch_up(now)

    moved = {"owner": week["advanced"].owner}
    before = summed(date(2026, 11, 16), stage=stages["Negotiate"], **moved)
    after = summed(date(2026, 11, 17), stage=stages["Negotiate"], **moved)
    assert (before, after) == ((0, 0), (1, 5))


def test_value_is_weighted_by_the_stages_probability(rita, stages, now):
    told(rita, stages, amount=100, stage="Propose")
    catch_up(now)
    assert DaySummary.objects.first().weighted == 60


def test_a_deal_that_a_file_brought_in_closed_has_no_known_stage(rita, stages, now):
    told(rita, stages, amount=100, stage="Won", closed_from=None)
    catch_up(now)

    summary = DaySummary.objects.order_by("day").last()
    assert (summary.stage, summary.weighted) == (None, 0)
    assert summary.day == date(2026, 11, 17)


def test_it_begins_when_the_first_deal_did_and_ends_yesterday(week, now):
    catch_up(now)
    days = SummarisedDay.objects.values_list("day", flat=True)
    assert (days[0], days[len(days) - 1]) == (date(2026, 11, 18), date(2026, 10, 1))


def test_again_changes_nothing(week, now):
    catch_up(now)
    before = list(DaySummary.objects.order_by("pk").values_list("pk", flat=True))

    assert services.plan(now=now) == 0
    assert not services.summarise()
    assert (
        list(DaySummary.objects.order_by("pk").values_list("pk", flat=True)) == before
    )


def test_missed_days_are_caught_up_with(week, now):
    catch_up(now)

    later = now + timedelta(days=4)
    assert services.is_behind(later)
    assert services.plan(now=later) == 4
    catch_up(later)
    assert not services.is_behind(later)
    assert summed(date(2026, 11, 22))[0]


def test_a_usual_night_costs_one_day(week, now):
    catch_up(now)
    assert services.plan(now=now + timedelta(days=1)) == 1


def test_deals_that_came_later_but_began_earlier_change_the_past(
    week, rita, stages, now
):
    catch_up(now)
    told(rita, stages, amount=1, opened_on=date(2026, 11, 10))

    later = now + timedelta(days=1)
    assert services.plan(now=later) == 10
    catch_up(later)
    assert summed(date(2026, 11, 10))[0] == summed(date(2026, 11, 9))[0] + 1


def test_stage_history_of_a_file_changes_the_past(week, now, stages):
    catch_up(now)
    deal = week["still"]
    backfill_stage_history(
        [
            StageEntry(deal.pk, stages["Discover"].pk, on(1)),
            StageEntry(deal.pk, deal.stage_id, on(5)),
        ]
    )
    catch_up(now + timedelta(days=1))

    found = DaySummary.objects.filter(stage=stages["Discover"], day=date(2026, 11, 4))
    assert found.exists()
    assert not DaySummary.objects.filter(
        stage=stages["Discover"], day=date(2026, 11, 5)
    ).exists()


def test_a_removed_deal_leaves_the_past(week, now):
    catch_up(now)
    before = summed(date(2026, 11, 10))[0]
    week["still"].delete()

    catch_up(now + timedelta(days=1))
    assert summed(date(2026, 11, 10))[0] == before - 1


def test_days_end_on_the_organisations_wall(rita, stages, organisation, now):
    organisation.time_zone = "Pacific/Auckland"
    organisation.save(update_fields=["time_zone"])
    # Noon UTC of the 15th is the 16th there.
    told(rita, stages, (on(15), {"amount": Decimal(1)}), amount=2)
    catch_up(now)

    assert summed(date(2026, 11, 15)) == (1, 1)
    assert summed(date(2026, 11, 16)) == (1, 2)


def test_the_trend_shows_what_the_viewer_may_see(week, lena, omar, now):
    catch_up(now)
    own = trend_of(lena, Scope(), WEEK)[-1]
    assert own.deals == summed(own.day, owner=week["still"].owner)[0]
    assert trend_of(omar, Scope(), WEEK)[-1].deals == 1


def test_the_trend_of_nobodys_deals_is_a_line_at_nothing(week, rita, now):
    catch_up(now)
    assert {each.deals for each in trend_of(rita, Scope(owners=()), WEEK)} == {0}


def test_a_long_trend_has_a_point_a_week():
    nights = [
        Night(date(2026, 1, 1) + timedelta(days=each), each, Decimal(0), Decimal(0))
        for each in range(100)
    ]
    weekly = by_week(nights)
    assert [each.day.strftime("%a") for each in weekly[:-1]] == ["Sun"] * 14
    assert weekly[-1] == nights[-1]


def test_the_tick_finds_what_is_behind(week, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as hints:
        tasks.tick(TickFactory())
    assert len(hints) == 1

    catch_up(datetime.now(UTC))
    with django_capture_on_commit_callbacks() as hints:
        tasks.tick(TickFactory())
    assert not hints


def test_a_night_costs_as_many_queries_as_a_month(week, now, count_queries):
    services.plan(now=now)
    month = count_queries(services.summarise)
    catch_up(now)
    services.plan(now=now + timedelta(days=1))
    assert count_queries(services.summarise) == month
