"""What meetings there are to be: made, moved, left out, called again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.models import STARTABLE, Meeting, MeetingKind, MeetingState
from rhythm.calendar.services.locking import all_but, enter, locked, require
from rhythm.people.models import Team, User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version


def make_meeting(
    *,
    kind: MeetingKind,
    subject: Team | User,
    chair: User,
    starts_at: datetime,
    minutes: int,
    title: str = "",
    time_zone: str = "UTC",
    submission_key: UUID | None = None,
) -> Meeting:
    """Return a new planned meeting of `chair` with a team, or with a person.

    The same form sent twice makes one. Raises ValidationError when `minutes` is out of
    range.
    """
    meeting = Meeting(
        kind=kind,
        team=subject if isinstance(subject, Team) else None,
        person=subject if isinstance(subject, User) else None,
        chair=chair,
        starts_at=starts_at,
        planned_minutes=minutes,
        title=title,
        time_zone=time_zone,
        submission_key=submission_key,
    )
    meeting.clean_fields()
    return save_once(meeting, submission_key)[0]


@transaction.atomic
def skip(meeting: Meeting, reason: str, *, shown_version: int | None) -> Meeting:
    """Leave out a meeting that nobody has begun, and say why. It is not missed then.

    Raises Conflict, and ValidationError without a reason.
    """
    return _drop(meeting, MeetingState.SKIPPED, reason, shown_version)


@transaction.atomic
def cancel(meeting: Meeting, reason: str, *, shown_version: int | None) -> Meeting:
    """Call off a meeting that nobody has begun: it was never owed. Say why.

    Raises Conflict, and ValidationError without a reason.
    """
    return _drop(meeting, MeetingState.CANCELLED, reason, shown_version)


@transaction.atomic
def call_again(meeting: Meeting, *, shown_version: int | None) -> Meeting:
    """Have a meeting that was skipped or cancelled be planned again.

    One whose time is over is missed at the next tick, and may be held late.

    Raises Conflict, and ValidationError for one that its rule called off.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    require(meeting, MeetingState.SKIPPED, MeetingState.CANCELLED)
    if not meeting.reason:
        words = _("Its rule called this meeting off, and only its rule calls it again.")
        raise ValidationError(words, code="rule")
    meeting.reason = ""
    meeting.sequence += 1
    return enter(meeting, MeetingState.PLANNED, "reason", "sequence")


@transaction.atomic
def move(
    meeting: Meeting,
    starts_at: datetime,
    *,
    minutes: int,
    reason: str = "",
    shown_version: int | None,
) -> Meeting:
    """Give a meeting that nobody has begun another time. Its rule leaves it alone then.

    One that was missed stays late whenever it is held then.

    Raises Conflict, and ValidationError for a length that is out of range.
    """
    meeting = locked(meeting)
    check_version(meeting, shown_version)
    require(meeting, *STARTABLE)
    if (meeting.starts_at, meeting.planned_minutes) == (starts_at, minutes):
        return meeting
    meeting.starts_at, meeting.planned_minutes = starts_at, minutes
    meeting.reason, meeting.is_moved = reason.strip(), True
    meeting.reminded_minutes = None
    meeting.state = MeetingState.PLANNED
    meeting.sequence += 1
    meeting.version += 1
    fields = ["starts_at", "planned_minutes", "reason"]
    meeting.clean_fields(exclude=all_but(fields))
    meeting.save(
        update_fields=[
            *fields,
            *("is_moved", "reminded_minutes"),
            *("state", "sequence", "version"),
        ]
    )
    return meeting


def _drop(
    meeting: Meeting, state: MeetingState, reason: str, shown_version: int | None
) -> Meeting:
    meeting = locked(meeting)
    if meeting.state == state:
        return meeting
    check_version(meeting, shown_version)
    require(meeting, *STARTABLE)
    if not reason.strip():
        raise ValidationError(_("Say why."), code="reason")
    meeting.reason = reason.strip()
    meeting.clean_fields(exclude=all_but(["reason"]))
    meeting.sequence += 1
    return enter(meeting, state, "reason", "sequence")
