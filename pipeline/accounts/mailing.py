"""The minutes of an account review as mail: each reader what that one may see."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from pipeline.accounts.access import GUARD
from pipeline.accounts.models import AccountReview
from pipeline.accounts.selectors.minutes import minutes_for, record_of
from rhythm.notices.services import Draft


def minutes_drafts(review: AccountReview) -> Iterator[Draft]:
    """Yield the minutes of a held review, one draft for each person concerned."""
    record = record_of(review)
    path = reverse("accounts:review_minutes", args=[review.pk])
    url = settings.APP_BASE_URL + path
    for reader in sorted(record.people(), key=lambda each: each.pk):
        minutes = minutes_for(record, reader)
        context = {"minutes": minutes, "reader": reader, "url": url}
        yield Draft(
            kind="accounts.minutes",
            key=f"accounts.minutes:{review.pk}:{reader.pk}",
            recipient=reader,
            subject=_("Account review of %(day)s, %(subject)s")
            % {"day": minutes.day, "subject": minutes.subject},
            text=render_to_string("accounts/mail/minutes.txt", context),
            html=render_to_string("accounts/mail/minutes.html", context),
            guard=GUARD,
            guarded_id=review.pk,
            url=path,
        )
