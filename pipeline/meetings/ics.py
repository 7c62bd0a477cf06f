"""Meetings as calendars outside read them: RFC 5545, titles and times alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from rhythm.calendar.models import NEVER_BEGUN, Meeting, MeetingState
from rhythm.people.models import User

# How often a calendar should look again.
LOOK_AGAIN = timedelta(hours=1)


def calendar_of(person: User, meetings: Iterable[Meeting], *, now: datetime) -> bytes:
    """Return a person's meetings as a file of a calendar.

    Never what was noted, or why one was moved or left out: whoever has the address
    reads it. What does not take place stays as cancelled, so that it goes elsewhere.
    """
    found = Calendar()
    found.add("prodid", "-//Rhythm//Meetings//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", "Rhythm")
    found.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for each in meetings:
        found.add_component(_event(each, person, now))
    found.add_missing_timezones()
    return bytes(found.to_ical())


def _event(meeting: Meeting, person: User, now: datetime) -> Event:
    wall = meeting.time_zone if meeting.time_zone != "UTC" else person.time_zone
    zone = ZoneInfo(wall)
    title, url = str(meeting), settings.APP_BASE_URL + meeting.get_absolute_url()
    event = Event()
    event.add("uid", f"meeting-{meeting.pk}@{urlsplit(settings.APP_BASE_URL).hostname}")
    event.add("dtstamp", now)
    event.add("sequence", meeting.sequence)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", title)
    event.add("url", url)
    event.add("description", url)
    dropped = meeting.state in NEVER_BEGUN
    event.add("status", "CANCELLED" if dropped else "CONFIRMED")
    if meeting.state == MeetingState.PLANNED and meeting.cadence:
        for minutes in meeting.cadence.remind_minutes:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", title)
            alarm.add("trigger", -timedelta(minutes=minutes))
            event.add_component(alarm)
    return event
