"""What comes before a meeting: earlier ones' promises, and its pre-read."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.meetings.models import PrereadReader
from pipeline.runner.selectors.series import before
from rhythm.calendar.models import Meeting
from rhythm.calendar.prereads import KINDS, preread_at
from rhythm.commitments.models import Commitment
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.people.models import User
from rhythm.web import formats

# Commitments that are still open.
MOST_COMMITMENTS = 8


def commitments_before(meeting: Meeting, viewer: User, today: date) -> list[Row]:
    """Return what was promised in earlier ones and is still open, the oldest first."""
    promised = (
        shaped(Commitment.objects.visible_to(viewer).open())
        .filter(made_in__in=before(meeting).order_by().values("pk"))
        .order_by("due_on", "pk")[:MOST_COMMITMENTS]
    )
    return rows([list(promised)], viewer, today=today)[0]


def preread_words(meeting: Meeting, viewer: User, now: datetime) -> dict[str, str]:
    """Return where the pre-read is, and when it goes out, or went."""
    if meeting.kind not in KINDS:
        return {"preread_url": "", "preread": ""}
    url = reverse("meetings:meeting_preread", args=[meeting.pk])
    goes_out = preread_at(meeting)
    if goes_out is None:
        return {"preread_url": url, "preread": _("It goes out by no mail.")}
    local = goes_out.astimezone(ZoneInfo(viewer.time_zone))
    when = formats.day_clock(local, viewer.today(now))
    words = _("By mail since %s.") if goes_out <= now else _("By mail on %s.")
    return {"preread_url": url, "preread": words % when}


def readers_of(meeting: Meeting, zone: ZoneInfo, today: date) -> dict[int, str]:
    """Return when each of those who did read the pre-read. At most one query."""
    if meeting.kind not in KINDS:
        return {}
    found = PrereadReader.objects.filter(meeting=meeting)
    return {
        reader: formats.day_clock(at.astimezone(zone), today)
        for reader, at in found.values_list("reader", "read_at")
    }
