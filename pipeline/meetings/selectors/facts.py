"""Why a meeting stands as it does: moved, called off, missed, handed over."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.runner.models import Run
from rhythm.calendar.models import BEFORE_ITS_END, Meeting, MeetingState
from rhythm.people.models import Leave
from rhythm.web import formats


def facts_of(
    meeting: Meeting,
    run: Run | None,
    zone: ZoneInfo,
    today: date,
    *,
    reads_reason: bool,
) -> list[str]:
    """Return the sentences that say why it stands as it does.

    reads_reason is whether the reader may know what somebody wrote down as the reason.
    No query, but one for a 1:1 that its rule called off.
    """
    facts = []
    if meeting.is_moved and meeting.called_for:
        was = formats.day_clock(meeting.called_for.astimezone(zone), today)
        facts.append(_("Moved; its rule had called it for %s.") % was)
    if meeting.reason:
        if reads_reason:
            facts.append(_("Reason: %s") % meeting.reason)
    elif meeting.state == MeetingState.CANCELLED:
        if _is_one_away(meeting):
            facts.append(_("One of the two is away, so that it does not take place."))
        else:
            facts.append(_("Its rule has changed, so that it does not take place."))
    if run and run.abandon_reason:
        facts.append(_("Abandoned: %s") % run.abandon_reason)
    if meeting.deputy:
        names = {"deputy": meeting.deputy, "chair": meeting.chair}
        facts.append(_("%(deputy)s has the chair for %(chair)s.") % names)
    if meeting.state == MeetingState.MISSED:
        facts.append(_("Nobody began it. It can still be held, and counts as late."))
    elif meeting.missed_at and meeting.state in BEFORE_ITS_END:
        facts.append(_("It was missed, and counts as late when it is held."))
    return facts


def _is_one_away(meeting: Meeting) -> bool:
    """Return whether one of the two in a 1:1 has leave on its day."""
    if meeting.person_id is None:
        return False
    day = meeting.starts_at.astimezone(ZoneInfo(meeting.time_zone)).date()
    both = (meeting.person_id, meeting.runner.pk)
    return Leave.objects.filter(user__in=both).on(day).exists()
