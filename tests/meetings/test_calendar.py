"""The calendar of a person: what stands on which day, and whose one may see."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.meetings.selectors.calendar import calendar_page
from pipeline.meetings.spans import View
from rhythm.calendar.models import MeetingKind, MeetingState
from rhythm.people.models import Leave
from tests.factories.meetings import CommitmentFactory, MeetingFactory

pytestmark = pytest.mark.django_db
URL = reverse("meetings:calendar")
# A Wednesday.
NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def team_meeting(team, chair, **values):
    wanted = {"kind": MeetingKind.TEAM_MEETING, "starts_at": NOW} | values
    return MeetingFactory(team=team, chair=chair, **wanted)


def page(person, viewer=None, view=View.WEEK, on=None):
    return calendar_page(person, viewer or person, view=view, on=on, now=NOW)


def on_days(found):
    return {
        day.on: [entry.title for entry in day.entries]
        for day in found.days
        if day.entries
    }


def test_meetings_and_what_is_due_stand_on_their_days(rita, lena, central):
    team_meeting(central, lena, title="Start")
    CommitmentFactory(promiser=rita, receiver=lena, what="Offer", due_on=NOW.date())
    CommitmentFactory(promiser=lena, receiver=rita, what="Hers", due_on=NOW.date())

    found = page(rita)

    assert on_days(found) == {"2026-11-18": ["Start, Central", "Offer"]}
    assert found.summary == "1 meeting · 1 due"
    assert [day.is_today for day in found.days].index(True) == 2


def test_one_is_in_ones_meetings_as_chair_deputy_person_or_member(
    rita, lena, omar, central, west
):
    team_meeting(central, lena, title="Member")
    team_meeting(west, omar, title="Deputy", deputy=rita)
    team_meeting(west, rita, title="Chair")
    team_meeting(None, lena, title="Person", person=rita, kind=MeetingKind.ONE_ON_ONE)
    team_meeting(west, omar, title="Elsewhere")

    titles = {
        title.split(",")[0] for each in on_days(page(rita)).values() for title in each
    }

    assert titles == {"Member", "Deputy", "Chair", "Person"}


def test_each_state_says_so_in_words_and_what_was_called_off_is_gone(
    rita, lena, central
):
    held = {"started_at": NOW, "ended_at": NOW + timedelta(minutes=30)}
    missed = {"missed_at": NOW}
    for state, more in (
        (MeetingState.PLANNED, {}),
        (MeetingState.RUNNING, {"started_at": NOW}),
        (MeetingState.HELD, held),
        (MeetingState.HELD, held | missed),
        (MeetingState.MISSED, missed),
        (MeetingState.SKIPPED, {"reason": "Trade fair"}),
        (MeetingState.CANCELLED, {}),
    ):
        team_meeting(central, lena, state=state, **more)

    words = [entry.status.text for day in page(rita).days for entry in day.entries]

    assert words == ["Planned", "Running", "Held", "Held late", "Missed", "Skipped"]


def test_days_are_those_on_the_own_wall(rita, lena, central):
    # Sunday night in Berlin, Monday morning in Auckland.
    team_meeting(central, lena, starts_at=datetime(2026, 11, 22, 22, 30, tzinfo=UTC))
    assert list(on_days(page(rita))) == ["2026-11-22"]

    rita.time_zone = "Pacific/Auckland"

    assert on_days(page(rita)) == {}
    assert list(on_days(page(rita, on=date(2026, 11, 23)))) == ["2026-11-23"]


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2026, 10, 25)])
def test_a_day_on_which_the_clocks_change_has_all_its_hours(rita, lena, central, day):
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    for hour in range(-3, 27):
        team_meeting(central, lena, starts_at=midnight + timedelta(hours=hour))

    found = page(rita, on=day)

    hours = {date(2027, 3, 28): 23, date(2026, 10, 25): 25}
    assert len(on_days(found)[day.isoformat()]) == hours[day]


def test_what_is_late_says_so_and_leave_is_shown(rita, lena):
    CommitmentFactory(promiser=rita, receiver=lena, due_on=NOW.date() - DAY)
    Leave.objects.create(
        user=rita, first_on=date(2026, 11, 20), last_on=date(2026, 12, 4)
    )

    found = page(rita)

    assert found.days[1].entries[0].status.text == "Broken"
    assert [day.is_leave for day in found.days] == [False] * 4 + [True] * 3
    assert page(rita, view=View.QUARTER).lines[-6].leave == "7 days away"


def test_a_month_shows_whole_weeks_and_leaves_the_rest_to_the_day(rita, lena, central):
    for _number in range(6):
        team_meeting(central, lena)
    team_meeting(central, lena, starts_at=datetime(2026, 12, 1, 9, 0, tzinfo=UTC))

    found = page(rita, view=View.MONTH)

    assert (found.days[0].on, found.days[-1].on) == ("2026-10-26", "2026-12-06")
    full = next(day for day in found.days if day.is_today)
    assert (len(full.entries), full.more) == (4, 2)
    assert list(on_days(found)) == ["2026-11-18"]
    assert found.summary == "6 meetings"


def test_a_quarter_has_a_line_for_each_week(rita, lena, central):
    for _number in range(7):
        team_meeting(central, lena)

    found = page(rita, view=View.QUARTER)

    assert found.title == "October 2026 to December 2026"
    assert len(found.lines) == 14
    [line] = [each for each in found.lines if each.is_current]
    assert (line.title, line.counts) == ("Week 47", "7 meetings")
    assert (len(line.entries), line.more) == (5, 2)


def test_pages_lead_back_and_forth_and_to_today(rita, as_user):
    browser = as_user(rita)
    for view in View:
        first = browser.get(URL, {"view": view, "on": "2026-11-18"})
        text = first.content.decode()
        before = re.search(r'rel="prev" href="([^"]+)"', text)
        after = re.search(r'rel="next" href="([^"]+)"', text)
        assert before
        assert after
        there = browser.get(URL + after[1].replace("&amp;", "&").removeprefix(URL))
        back = re.search(r'rel="prev" href="([^"]+)"', there.content.decode())
        assert back
        again = browser.get(back[1].replace("&amp;", "&")).content.decode()
        head = re.search("<h1.*?</p>", again, re.DOTALL)
        assert head
        assert head[0] in text


@pytest.mark.parametrize(
    "query",
    ["?view=year", "?on=yesterday", "?on=0001-01-01", "?on=9999-12-31&view=quarter"],
)
def test_what_is_no_day_or_view_shows_one_all_the_same(rita, as_user, query):
    assert as_user(rita).get(URL + query).status_code == 200


def test_the_own_leave_and_address_are_one_tap_from_the_own_calendar(
    rita, lena, central, as_user
):
    url = reverse("meetings:calendar")
    ways = [reverse("calendar:away"), reverse("meetings:feed")]

    own = as_user(rita).get(url).text
    of_somebody = as_user(lena).get(f"{url}?of={rita.pk}").text

    assert all(f'href="{each}"' in own for each in ways)
    assert not any(f'href="{each}"' in of_somebody for each in ways)


def test_a_leader_goes_through_the_own_people_and_nobody_elses(
    rita, lena, otto, vera, as_user
):
    MeetingFactory(
        team=None,
        person=rita,
        chair=vera,
        title="Private word",
        starts_at=timezone.now(),
    )
    browser = as_user(lena)

    of_rita = browser.get(URL, {"of": rita.pk}).content.decode()

    assert "Calendar of Rita Reyes" in of_rita
    assert "Private word" in of_rita
    assert 'name="of"' in of_rita
    for nobody in (otto.pk, vera.pk, 0, "x", "9" * 30):
        assert browser.get(URL, {"of": nobody}).status_code == 404


def test_one_who_leads_nobody_has_nobody_to_choose(rita, lena, as_user):
    browser = as_user(rita)

    assert 'name="of"' not in browser.get(URL).content.decode()
    assert browser.get(URL, {"of": lena.pk}).status_code == 404


def test_a_leader_does_not_read_meetings_that_are_not_theirs_to_see(
    rita, lena, otto, omar, west
):
    """Whoever chairs one elsewhere is not watched there by their own leader."""
    team_meeting(west, omar, title="West only", deputy=rita)

    assert on_days(page(rita, rita)) != {}
    assert on_days(page(rita, lena)) == {}


def test_an_empty_week_teaches_where_meetings_come_from(rita, as_user):
    text = as_user(rita).get(URL).content.decode()

    assert "Nothing is called, nothing is due" in text
    assert "cadences" in text


@pytest.mark.parametrize("view", list(View))
def test_queries_do_not_grow_with_what_there_is(
    rita, lena, central, as_user, count_queries, view
):
    browser = as_user(lena)

    def fill():
        now = timezone.now()
        team_meeting(central, lena, starts_at=now)
        CommitmentFactory(promiser=rita, receiver=lena, due_on=now.date())
        Leave.objects.create(user=rita, first_on=now.date(), last_on=now.date())

    def ask():
        browser.get(URL, {"view": view, "of": rita.pk})

    fill()
    few = count_queries(ask)
    for _number in range(10):
        fill()

    assert count_queries(ask) == few <= 12
