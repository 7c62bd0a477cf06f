"""The week in chat: on Friday afternoon, once, each channel of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rhythm.calendar.models import Meeting, MeetingState
from rhythm.notices.models import Notice, Occasion
from scorecards.discipline import tasks
from scorecards.discipline.telling import tell_channels
from tests.factories.channels import ChannelFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

# Friday, 16:00 in Berlin.
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def ended(state: MeetingState, days_ago: int, **values) -> Meeting:
    starts = FRIDAY - days_ago * DAY - timedelta(hours=3)
    times: dict[str, datetime] = {}
    if state == MeetingState.HELD:
        times = {"started_at": starts, "ended_at": starts + timedelta(hours=1)}
    if state == MeetingState.MISSED:
        times = {"missed_at": starts + timedelta(hours=2)}
    return MeetingFactory(state=state, starts_at=starts, **values, **times)


@pytest.fixture
def week(sales, central, west, lena, rita):
    """Central held one of two, West the one; a 1:1, and last week, do not count."""
    ended(MeetingState.HELD, 1, team=central)
    ended(MeetingState.MISSED, 2, team=central)
    ended(MeetingState.HELD, 3, team=west)
    ended(MeetingState.MISSED, 1, team=None, person=rita)
    ended(MeetingState.MISSED, 8, team=west)


def channel(team, **values):
    return ChannelFactory(team=team, occasions=[Occasion.WEEKLY], **values)


def told() -> dict[str, tuple[str, str]]:
    found = Notice.objects.filter(kind=Occasion.WEEKLY)
    return {each.channel.name: (each.subject, each.text) for each in found}


def test_each_channel_reads_of_its_own_and_what_is_below(week, central, west, sales):
    for name, team in (("c", central), ("w", west), ("s", sales), ("all", None)):
        channel(team, name=name)
    ChannelFactory(team=central, name="silent", occasions=[Occasion.MINUTES])

    assert tell_channels(now=FRIDAY) == 4

    said = told()
    assert said["c"] == (
        "Central kept 50 % of the rhythm in the week of 16 Nov",
        "1 held, 1 missed",
    )
    assert said["w"][0].startswith("West kept 100 %")
    assert said["s"][1] == said["all"][1] == "2 held, 1 missed"
    assert said["all"][0].startswith("Everybody kept 67 %")


def test_it_is_told_once_and_not_before_its_hour(week, central):
    channel(central)

    assert tell_channels(now=FRIDAY - timedelta(minutes=1)) == 0
    assert tell_channels(now=FRIDAY) == 1
    assert tell_channels(now=FRIDAY + timedelta(hours=1)) == 0


def test_after_three_days_down_it_is_no_news_any_more(week, central):
    channel(central)

    assert tell_channels(now=FRIDAY + timedelta(hours=47)) == 1
    assert tell_channels(now=FRIDAY + 3 * DAY) == 0


def test_where_nothing_was_due_nothing_is_said(central):
    channel(central)

    assert tell_channels(now=FRIDAY) == 0


def test_a_channel_that_is_off_is_told_nothing(week, central):
    channel(central, is_active=False)

    assert tell_channels(now=FRIDAY) == 0


def test_the_tick_tells(week, central):
    channel(central)
    tasks.tick(TickFactory(at=FRIDAY))

    assert len(told()) == 1


def test_on_most_days_nothing_is_asked(organisation, django_assert_num_queries):
    with django_assert_num_queries(0):
        tell_channels(now=FRIDAY - 2 * DAY)
