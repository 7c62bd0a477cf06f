"""The end of a meeting: it was held, and the recap is on its way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pipeline.runner.mailing import recap_drafts
from pipeline.runner.models import Run
from pipeline.runner.services.running import end_course
from pipeline.runner.telling import tell_channels
from rhythm.calendar import services as meetings
from rhythm.calendar.models import IN_PROGRESS, MeetingState
from rhythm.calendar.services.course import CLOCK, beat, locked, require_runner
from rhythm.calendar.services.locking import require
from rhythm.notices import services as notices
from rhythm.people.models import User


@transaction.atomic
def finish(run: Run, *, by: User, now: datetime) -> Run:
    """End a meeting and post its recap to everybody in it, in one change.

    Finishing a finished meeting changes nothing.
    """
    run = require_runner(locked(run), by)
    if run.meeting.state == MeetingState.HELD:
        return run
    require(run.meeting, *IN_PROGRESS)
    end_course(run, now)
    run.meeting = meetings.hold(run.meeting, now=now)
    beat(run, "current_item", *CLOCK)
    send_recap(run, now=now)
    return run


def send_recap(run: Run, *, now: datetime) -> None:
    """Post the recap of a held meeting: to each person once, and to the channels."""
    notices.post(recap_drafts(run, now=now), now=now)
    tell_channels(run, now=now)
