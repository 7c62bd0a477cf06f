"""What a team's chat channels read of its meetings: numbers, and a link."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.runner.models import Run
from pipeline.runner.selectors.series import made_in
from rhythm.calendar.models import MeetingKind
from rhythm.notices.models import Occasion
from rhythm.notices.services import Said, post_to_channels


def tell_channels(run: Run, *, now: datetime) -> int:
    """Tell the team's channels that its meeting was held; return how many were told.

    What was said with one person alone is told to no channel.
    """
    meeting = run.meeting
    if meeting.team is None:
        return 0
    made = made_in(meeting).count()
    text = ngettext("%(count)d commitment", "%(count)d commitments", made)
    return post_to_channels(
        Occasion.MINUTES,
        Said(
            title=str(meeting),
            text=text % {"count": made},
            url=reverse("runner:minutes", args=[meeting.pk]),
        ),
        key=f"runner.minutes:{meeting.pk}",
        team=meeting.team,
        now=now,
    )


def tell_huddle(run: Run, *, now: datetime) -> int:
    """Tell the team's channels that its huddle opens; return how many were told."""
    meeting = run.meeting
    if meeting.kind != MeetingKind.HUDDLE or meeting.team is None:
        return 0
    return post_to_channels(
        Occasion.HUDDLE,
        Said(
            title=str(meeting),
            text=_("It opens now."),
            url=reverse("runner:room", args=[meeting.pk]),
        ),
        key=f"runner.huddle:{meeting.pk}",
        team=meeting.team,
        now=now,
    )
