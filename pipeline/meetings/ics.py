"""Meetings as calendars outside take them: RFC 5545, titles and times alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText

from rhythm.calendar.models import NEVER_BEGUN, Meeting, MeetingState
from rhythm.people.models import User

# How often a calendar should look again.
LOOK_AGAIN = timedelta(hours=1)


def calendar_of(person: User, meetings: Iterable[Meeting], *, now: datetime) -> bytes:
    """Return a person's meetings as a file of a calendar.

    Never what was noted, or why one was moved or left out: whoever has the address
    reads it. What does not take place stays as cancelled, so that it goes elsewhere.
    """
    found = _empty("PUBLISH")
    found.add("x-wr-calname", "Rhythm")
    found.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for each in meetings:
        found.add_component(_event(each, person, now))
    return _written(found)


def invitation_of(
    meeting: Meeting, person: User, *, sequence: int, is_off: bool, now: datetime
) -> str:
    """Return what a person's own calendar takes from a mail (iTIP, RFC 5546).

    A meeting is the same one as in the feed. It replaces what came with a lower
    sequence. Who invites is Rhythm itself, whoever has the chair: no program lets the
    one who invites change, or takes an invitation from its own person.
    """
    found = _empty("CANCEL" if is_off else "REQUEST")
    event = _event(meeting, person, now)
    event["sequence"] = sequence
    event["status"] = "CANCELLED" if is_off else "CONFIRMED"
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    inviting = vCalAddress(f"mailto:{address}")
    inviting.params["CN"] = vText(name or "Rhythm")
    event.add("organizer", inviting)
    reader = vCalAddress(f"mailto:{person.email}")
    reader.params["CN"] = vText(person.name)
    reader.params["ROLE"] = vText("REQ-PARTICIPANT")
    reader.params["PARTSTAT"] = vText("NEEDS-ACTION")
    # Nobody reads an answer: whoever cannot come says so on the meeting's page.
    reader.params["RSVP"] = vText("FALSE")
    event.add("attendee", reader)
    if is_off:
        event.subcomponents.clear()
    found.add_component(event)
    return _written(found).decode()


def _empty(method: str) -> Calendar:
    found = Calendar()
    found.add("prodid", "-//Rhythm//Meetings//EN")
    found.add("version", "2.0")
    found.add("method", method)
    return found


def _written(calendar: Calendar) -> bytes:
    for each in sorted(calendar.get_missing_tzids()):
        calendar.subcomponents.insert(0, _zone(each))
    return bytes(calendar.to_ical())


@cache
def _zone(name: str) -> Timezone:
    """Return the rules of a zone. It takes longer to find them than all the rest."""
    return Timezone.from_tzid(name)


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
