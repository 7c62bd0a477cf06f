"""The minutes as mail: each reader the own part, leaders what they see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.reviews.models import Review
from pipeline.reviews.selectors.minutes import (
    own_minutes,
    record_of,
    seen_minutes,
    whole_minutes,
)
from pipeline.reviews.selectors.told import Minutes
from rhythm.calendar.models import Meeting
from rhythm.calendar.selectors.people import GUARD
from rhythm.notices.services import Draft
from rhythm.people.models import Organisation, User


def minutes_drafts(review: Review, *, now: datetime) -> Iterator[Draft]:
    """Yield the minutes of a held review, one draft for each person concerned."""
    record = record_of(review, Organisation.current().currency)
    chairs = record.chairs()
    for reader in sorted(record.people(), key=lambda each: each.pk):
        if reader in chairs:
            minutes = whole_minutes(record, reader, now)
        elif reader == record.manager:
            minutes = seen_minutes(record, reader, now)
        else:
            minutes = own_minutes(record, reader, now)
        yield _draft(review, reader, minutes)


def _draft(review: Review, reader: User, minutes: Minutes) -> Draft:
    path = reverse("reviews:review_minutes", args=[review.pk])
    url = settings.APP_BASE_URL + path
    context = {"minutes": minutes, "reader": reader, "url": url}
    # Who gave or got a commitment from outside reads that, and what it hangs on.
    meetings = Meeting.objects.visible_to(reader)
    is_inside = meetings.filter(pk=review.meeting_id).exists()
    return Draft(
        kind="reviews.minutes",
        key=f"reviews.minutes:{review.pk}:{reader.pk}",
        recipient=reader,
        subject=_("Pipeline review of %(day)s, %(subject)s")
        % {"day": minutes.day, "subject": minutes.subject},
        text=render_to_string("reviews/mail/minutes.txt", context),
        html=render_to_string("reviews/mail/minutes.html", context),
        url=path,
        guard=GUARD if is_inside else "",
        guarded_id=review.meeting_id if is_inside else None,
    )
