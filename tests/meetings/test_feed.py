"""The secret address of a calendar, and what is read there."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from pipeline.meetings.ics import calendar_of
from pipeline.meetings.models import CalendarFeed
from rhythm.calendar import services
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.people.models import AuditEntry, Team, User
from rhythm.web.logs import TOKEN
from tests.factories.meetings import CadenceFactory, MeetingFactory

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
FEED = "/meetings/address/"
PERSON = User(name="Rita", time_zone="Europe/Berlin")
TITLES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\r\n;,:\\"😀é'),
    max_size=120,
)


def events(body: bytes):
    return Calendar.from_ical(body).walk("VEVENT")


def unsaved(**values) -> Meeting:
    wanted = {"kind": MeetingKind.TEAM_MEETING, "starts_at": NOW, "title": "Start"}
    return Meeting(pk=7, team=Team(name="Central"), **(wanted | values))


def written(meeting: Meeting):
    return events(calendar_of(PERSON, [meeting], now=NOW))[0]


@given(TITLES)
def test_no_title_adds_a_line_of_its_own(title):
    body = calendar_of(PERSON, [unsaved(title=title)], now=NOW)

    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    lines = re.sub(rb"\r\n[ \t]", b"", body).split(b"\r\n")
    assert sum(line.startswith(b"SUMMARY") for line in lines) == 1
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in lines) == 1
    [event] = events(body)
    # Only how a line ends may differ.
    said = re.sub("\r\n?", "\n", str(unsaved(title=title)))
    assert re.sub("\r\n?", "\n", str(event["summary"])) == said


@pytest.mark.parametrize(
    ("on", "offset"), [(date(2027, 3, 26), 1), (date(2027, 3, 29), 2)]
)
def test_ten_stays_ten_on_the_wall_on_both_sides_of_a_clock_change(on, offset):
    zone = ZoneInfo("Europe/Berlin")
    starts = datetime(on.year, on.month, on.day, 10, 0, tzinfo=zone)
    meeting = unsaved(starts_at=starts.astimezone(UTC), time_zone="Europe/Berlin")

    body = calendar_of(PERSON, [meeting], now=NOW)
    [event] = events(body)

    assert event["dtstart"].dt.hour == 10
    assert event["dtstart"].dt.utcoffset() == timedelta(hours=offset)
    assert b"BEGIN:VTIMEZONE" in body
    assert b"DTSTART;TZID=Europe/Berlin" in body


@pytest.fixture
def meeting(central, lena, rita) -> Meeting:
    return MeetingFactory(
        kind=MeetingKind.TEAM_MEETING,
        team=central,
        chair=lena,
        starts_at=timezone.now() + timedelta(days=2),
        notes="NOTES-CANARY",
    )


def address(browser) -> str:
    made = browser.post(reverse("meetings:feed_make")).content.decode()
    found = re.search(r"/meetings/feed/[\w-]+/rhythm\.ics", made)
    assert found
    return found[0]


def read(client, at):
    answer = client.get(at)
    assert answer.status_code == 200
    return events(answer.content)


@pytest.mark.django_db
def test_a_meeting_that_moves_is_the_same_one_with_a_higher_sequence(
    rita, meeting, as_user, client
):
    at = address(as_user(rita))
    [before] = read(client, at)

    later = meeting.starts_at + timedelta(days=1)
    services.move(meeting, later, minutes=30, reason="WHY-CANARY", shown_version=None)
    [moved] = read(client, at)
    services.cancel(meeting, "WHY-CANARY", shown_version=None)
    answer = client.get(at)
    [cancelled] = events(answer.content)

    assert before["uid"] == moved["uid"] == cancelled["uid"]
    assert before["sequence"] < moved["sequence"] < cancelled["sequence"]
    assert moved["dtstart"].dt == later.replace(microsecond=0)
    assert (moved["status"], cancelled["status"]) == ("CONFIRMED", "CANCELLED")
    assert b"CANARY" not in answer.content
    assert f"/meetings/{meeting.pk}/" in cancelled["url"]


@pytest.mark.django_db
def test_reminders_of_the_rule_are_alarms(rita, lena, central, as_user, client):
    cadence = CadenceFactory(team=central, remind_minutes=[60, 10])
    starts = timezone.now() + timedelta(days=1)
    MeetingFactory(
        team=central,
        chair=lena,
        cadence=cadence,
        key_on=starts.date(),
        called_for=starts,
        starts_at=starts,
    )

    [event] = read(client, address(as_user(rita)))

    alarms = [each["trigger"].dt for each in event.walk("VALARM")]
    assert alarms == [timedelta(minutes=-60), timedelta(minutes=-10)]


@pytest.mark.django_db
def test_unknown_replaced_revoked_and_of_somebody_gone_are_the_same(
    rita, meeting, as_user, client
):
    browser = as_user(rita)
    replaced = address(browser)
    at = address(browser)
    assert len(read(client, at)) == 1
    answers = [client.get("/meetings/feed/wrong/rhythm.ics"), client.get(replaced)]
    User.objects.filter(pk=rita.pk).update(is_active=False)
    answers.append(client.get(at))
    User.objects.filter(pk=rita.pk).update(is_active=True)
    as_user(rita).post(reverse("meetings:feed_revoke"))
    answers.append(client.get(at))

    assert {each.status_code for each in answers} == {404}


@pytest.mark.django_db
def test_the_same_form_sent_again_leaves_the_address_that_was_shown(
    rita, meeting, as_user, client
):
    browser, url = as_user(rita), reverse("meetings:feed_make")
    shown = re.search(r'name="instead_of" value="(.*?)"', browser.get(FEED).text)
    assert shown
    made = browser.post(url, {"instead_of": shown[1]}).text
    at = re.search(r"/meetings/feed/[\w-]+/rhythm\.ics", made)
    assert at

    again = browser.post(url, {"instead_of": shown[1]})

    assert (again.status_code, again["Location"]) == (302, FEED)
    assert len(read(client, at[0])) == 1
    mark = CalendarFeed.objects.get(user=rita).mark
    assert mark in browser.get(FEED).text
    assert browser.post(url, {"instead_of": mark}).status_code == 200
    assert client.get(at[0]).status_code == 404


@pytest.mark.django_db
def test_the_secret_is_kept_nowhere_and_masked_in_what_is_logged(
    rita, meeting, as_user, client
):
    at = address(as_user(rita))
    token = at.split("/")[3]

    kept = CalendarFeed.objects.get(user=rita)
    answer = client.get(at)

    assert token not in (kept.token_sha256, str(kept))
    assert token not in as_user(rita).get(reverse("meetings:feed")).content.decode()
    assert token not in TOKEN.sub("…", f"Not Found: {at}")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    kept.refresh_from_db()
    assert kept.used_at is not None


@pytest.mark.django_db
def test_whoever_guesses_is_stopped(client):
    with override_settings(RATE_LIMITS={"calendar": "2/m/ip"}):
        codes = [
            client.get("/meetings/feed/wrong/rhythm.ics").status_code
            for _number in range(3)
        ]

    assert codes == [404, 404, 429]


@pytest.mark.django_db
def test_an_office_reads_its_calendars_from_one_place(rita, meeting, as_user, client):
    at = address(as_user(rita))
    with override_settings(RATE_LIMITS={"calendar": "2/m/ip"}):
        assert len([read(client, at) for _number in range(4)]) == 4


@pytest.mark.django_db
def test_one_calendar_is_read_so_often_and_keeps_no_other_from_reading(
    rita, lena, meeting, as_user, client
):
    hers, lenas = address(as_user(rita)), address(as_user(lena))
    with override_settings(RATE_LIMITS={"calendar_read": "2/m/key"}):
        codes = [client.get(hers).status_code for _number in range(3)]
        refused = client.get(hers)

        assert codes == [200, 200, 429]
        assert refused["Retry-After"] == "60"
        assert read(client, lenas)


@pytest.mark.django_db
def test_making_and_taking_away_is_recorded(rita, meeting, as_user):
    address(as_user(rita))
    for _number in range(2):
        as_user(rita).post(reverse("meetings:feed_revoke"))

    recorded = AuditEntry.objects.filter(about=rita, kind__startswith="feed")
    assert sorted(recorded.values_list("kind", flat=True)) == [
        "feed_made",
        "feed_revoked",
    ]


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_meetings(
    rita, lena, central, meeting, as_user, client, count_queries, settings
):
    at = address(as_user(rita))
    # What counting a request costs is the same for each.
    settings.RATE_LIMITS = {}
    read(client, at)
    few = count_queries(lambda: client.get(at))
    for number in range(10):
        MeetingFactory(
            team=central,
            chair=lena,
            starts_at=timezone.now() + timedelta(hours=number),
        )

    assert count_queries(lambda: client.get(at)) == few <= 4
