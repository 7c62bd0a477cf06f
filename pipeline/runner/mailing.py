"""The recap as mail: each reader the own commitments, and the deals they see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.runner.models import Run
from pipeline.runner.selectors.minutes import Minutes, record_of
from pipeline.runner.selectors.votes import is_asked, is_open
from rhythm.calendar.selectors.people import GUARD
from rhythm.notices.services import Draft
from rhythm.people.models import User


def recap_drafts(run: Run, *, now: datetime) -> Iterator[Draft]:
    """Yield the recap of a held meeting, one draft for everybody in it."""
    record = record_of(run, now=now)
    for reader in record.people:
        yield _draft(run, reader, record.for_reader(reader, now=now), now)


def _draft(run: Run, reader: User, minutes: Minutes, now: datetime) -> Draft:
    path = reverse("runner:minutes", args=[run.meeting_id])
    vote = reverse("runner:vote", args=[run.meeting_id])
    asks = is_asked(run) and is_open(run, now)
    context = {
        "minutes": minutes,
        "reader": reader,
        "url": settings.APP_BASE_URL + path,
        "vote_url": settings.APP_BASE_URL + vote if asks else "",
    }
    return Draft(
        kind="meetings.recap",
        key=f"meetings.recap:{run.meeting_id}:{reader.pk}",
        recipient=reader,
        subject=_("%(meeting)s: the recap of %(day)s")
        % {"meeting": run.meeting, "day": minutes.day},
        text=render_to_string("runner/mail/recap.txt", context),
        html=render_to_string("runner/mail/recap.html", context),
        url=path,
        guard=GUARD,
        guarded_id=run.meeting_id,
    )
