"""What an invitation says, and what mail programs and calendars make of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from pipeline.meetings.ics import invitation_of
from pipeline.meetings.services import invite
from rhythm.calendar import services
from rhythm.calendar.models import Meeting
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import deliver
from rhythm.people.models import Membership, Team, User
from tests.factories.meetings import CadenceFactory
from tests.meetings.invited import (
    DAY,
    KIND,
    NOW,
    has_server,
    invite_twice,
    meeting,
    read,
    sent,
)
from tests.notices.postman import postman, unused_port

__all__ = ["has_server", "meeting", "postman", "unused_port"]

TITLES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from('\r\n;,:\\"😀é'),
    max_size=120,
)


@pytest.mark.django_db
def test_everybody_in_it_is_invited_once(meeting, lena, rita):
    assert invite(now=NOW) == 2
    assert invite(now=NOW + timedelta(hours=1)) == 0

    assert {each.recipient for each in sent()} == {lena, rita}
    for each in sent():
        found, event = read(each)
        assert found["method"] == "REQUEST"
        assert event["uid"].startswith(f"meeting-{meeting.pk}@")
        assert event["dtstart"].dt == meeting.starts_at
        assert str(event["attendee"]) == f"mailto:{each.recipient.email}"
        assert event["attendee"].params["RSVP"] == "FALSE"
        assert str(event["organizer"]).startswith("mailto:")
        assert event["dtstamp"].dt == NOW
        assert f"/meetings/{meeting.pk}/" in event["url"]
        assert each.subject.startswith("Invitation: ")
        assert "CANARY" not in each.calendar + each.text


@pytest.mark.django_db
def test_it_is_the_meeting_of_the_feed(meeting, rita, as_user, client):
    browser = as_user(rita)
    made = browser.post(reverse("meetings:feed_make")).content.decode()
    path = made[made.index("/meetings/feed/") :].split("rhythm.ics")[0] + "rhythm.ics"
    invite(now=NOW)

    _found, event = read(Notice.objects.get(kind=KIND, recipient=rita))
    Meeting.objects.update(starts_at=datetime.now(UTC) + DAY)
    [fed] = Calendar.from_ical(client.get(path).content).walk("VEVENT")
    assert (event["uid"], event["sequence"]) == (fed["uid"], fed["sequence"])


@given(TITLES)
def test_no_title_adds_a_line_of_its_own(title):
    meeting = Meeting(
        pk=7, team=Team(name="Central"), kind="team_meeting", title=title, starts_at=NOW
    )
    person = User(name='Ri"ta;\r\nATTENDEE:x', email="rita@example.com")

    body = invitation_of(meeting, person, sequence=1, is_off=False, now=NOW)

    assert all(len(line.encode()) <= 75 for line in body.split("\r\n"))
    lines = body.replace("\r\n ", "").split("\r\n")
    for name in ("SUMMARY", "ATTENDEE", "ORGANIZER", "METHOD", "BEGIN:VEVENT"):
        assert sum(line.startswith(name) for line in lines) == 1
    assert len(Calendar.from_ical(body).walk("VEVENT")) == 1


@pytest.mark.parametrize(
    ("on", "offset"),
    [
        (date(2026, 10, 23), 2),
        (date(2026, 10, 26), 1),
        (date(2027, 3, 26), 1),
        (date(2027, 3, 29), 2),
    ],
)
def test_ten_is_ten_on_the_wall_on_both_sides_of_both_clock_changes(on, offset):
    zone = ZoneInfo("Europe/Berlin")
    starts = datetime.combine(on, time(10), zone)
    meeting = Meeting(
        pk=7,
        team=Team(name="Central"),
        kind="team_meeting",
        starts_at=starts.astimezone(UTC),
        time_zone="Europe/Berlin",
    )

    body = invitation_of(meeting, User(name="Rita"), sequence=0, is_off=False, now=NOW)
    found = Calendar.from_ical(body)
    [event] = found.walk("VEVENT")

    assert event["dtstart"].dt.hour == 10
    assert event["dtstart"].dt.utcoffset() == timedelta(hours=offset)
    assert "DTSTART;TZID=Europe/Berlin" in body
    [wall] = found.walk("VTIMEZONE")
    # By the zone that came along alone, without anybody's own list of zones.
    assert starts.replace(tzinfo=wall.to_tz()).utcoffset() == timedelta(hours=offset)


@pytest.mark.django_db
def test_reminders_of_the_rule_are_alarms_and_a_cancelled_one_has_none(
    has_server, central, lena, rita
):
    CadenceFactory(team=central, remind_minutes=[60, 10])
    services.plan_due(now=NOW)
    invite(now=NOW)
    first = Meeting.objects.order_by("starts_at")[0]
    services.cancel(first, "WHY-CANARY", shown_version=None)
    invite_twice()

    *_, last = sent()
    _found, event = read(sent()[0])
    assert [each["trigger"].dt for each in event.walk("VALARM")] == [
        timedelta(minutes=-60),
        timedelta(minutes=-10),
    ]
    assert not read(last)[1].walk("VALARM")
    assert "CANARY" not in last.calendar + last.text + last.subject


@pytest.mark.django_db
def test_it_arrives_as_mail_programs_take_it(meeting, rita, postman):
    invite(now=NOW)
    notice = Notice.objects.get(kind=KIND, recipient=rita)
    assert deliver(notice.pk, now=NOW)

    [mail] = postman.mails
    assert mail.get_content_type() == "multipart/mixed"
    alternative, attached = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    text, calendar = alternative.iter_parts()
    assert text.get_content_type() == "text/plain"
    for part in (calendar, attached):
        assert part.get_content_type() == "text/calendar"
        assert part.get_param("method") == "REQUEST"
        assert part.get_content_charset() == "utf-8"
        [event] = Calendar.from_ical(part.get_content()).walk("VEVENT")
        assert event["dtstart"].dt == meeting.starts_at
    assert attached.get_filename() == "invite.ics"
    assert attached.is_attachment()
    assert not calendar.is_attachment()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"]
    # Who invites is who it comes from: else programs warn, or refuse.
    assert str(event["organizer"]).removeprefix("mailto:") in mail["From"]


@pytest.mark.django_db
def test_a_name_from_anywhere_arrives_as_it_is(meeting, rita, postman):
    Meeting.objects.update(title="Grüße, Łódź 😀; plan")
    invite(now=NOW)
    deliver(Notice.objects.get(kind=KIND, recipient=rita).pk, now=NOW)

    [mail] = postman.mails
    _alternative, attached = mail.iter_parts()
    [event] = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert str(event["summary"]) == "Grüße, Łódź 😀; plan, Central"


@pytest.mark.django_db
def test_who_may_not_see_it_any_more_gets_no_invitation(meeting, rita, postman):
    invite(now=NOW)
    notice = Notice.objects.get(kind=KIND, recipient=rita)
    Membership.objects.filter(user=rita).update(until=NOW)

    assert not deliver(notice.pk, now=NOW)
    notice.refresh_from_db()
    assert (notice.state, postman.mails) == (NoticeState.FAILED, [])


@pytest.mark.django_db
def test_what_waits_for_a_meeting_that_is_over_does_not_go_out(meeting, rita, postman):
    invite(now=NOW)
    notice = Notice.objects.get(kind=KIND, recipient=rita)

    assert not deliver(notice.pk, now=meeting.starts_at)
    assert postman.mails == []
