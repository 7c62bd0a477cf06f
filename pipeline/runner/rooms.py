"""Which meetings have which room, and who sees it. Reads, and changes nothing."""

from __future__ import annotations

from pipeline.runner.models import open_to
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.people.models import User


def sees_room(meeting: Meeting, viewer: User) -> bool:
    """Return whether `viewer` sees its room: `open_to`. One query at most."""
    if viewer in (meeting.chair, meeting.deputy, meeting.person):
        return True
    return Meeting.objects.filter(open_to(viewer), pk=meeting.pk).exists()


def is_in_writing(meeting: Meeting) -> bool:
    """Return whether it is held without meeting: everybody answers by its hour."""
    is_huddle = meeting.kind == MeetingKind.HUDDLE
    return is_huddle and bool(meeting.cadence and meeting.cadence.is_async)
