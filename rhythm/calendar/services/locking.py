"""One meeting under its lock, and from one state to another."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting, MeetingState


def locked(meeting: Meeting) -> Meeting:
    """Return the meeting read again under its row's lock."""
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    return Meeting.objects.select_related("chair", "deputy", "team", "person").get(
        pk=meeting.pk
    )


def require(meeting: Meeting, *states: MeetingState) -> None:
    """Raise ValidationError for a meeting that is in none of these states."""
    if meeting.state not in states:
        raise ValidationError(
            _("This meeting is %(state)s."),
            params={"state": MeetingState(meeting.state).label.lower()},
            code="state",
        )


def enter(meeting: Meeting, state: MeetingState, *fields: str) -> Meeting:
    """Return the meeting saved in that state, with those fields of it.

    One that is in it already stays as it is.
    """
    if meeting.state != state:
        meeting.state = state
        meeting.version += 1
        meeting.save(update_fields=["state", "version", *fields])
    return meeting


def all_but(names: list[str]) -> list[str]:
    """Return the fields of a meeting that are not to be looked at."""
    return [each.name for each in Meeting._meta.fields if each.name not in names]
