"""Asking reps to prepare a review: once, and once more on its day if it is empty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import ngettext

from pipeline.reviews.models import PREPARED, ItemQuerySet, Review, ReviewItem
from pipeline.reviews.selectors.preparing import due_at
from rhythm.calendar.models import Meeting
from rhythm.calendar.prereads import PREREAD, is_preread_day
from rhythm.notices.services import Draft, who_get_by_mail
from rhythm.people.models import User
from rhythm.web import formats

PREPARE = "meetings.prepare"
UNPREPARED = "meetings.unprepared"


def prepare_drafts(review: Review, meeting: Meeting, *, now: datetime) -> list[Draft]:
    """Return a notice for each rep with deals on a new agenda. Three queries.

    On the day of the pre-read, by the reader's wall, it stands in the app alone: that
    mail says what is to be prepared.
    """
    items = ReviewItem.objects.filter(review=review, is_exception=False)
    found = list(_by_owner(items))
    readers = who_get_by_mail(PREREAD, [owner.pk for owner, _own in found])
    return [
        _prepare(review, meeting, owner, own, now, reads=owner.pk in readers)
        for owner, own in found
    ]


def unprepared_drafts(reviews: Iterable[Review], *, now: datetime) -> list[Draft]:
    """Return a line for the morning mail of everybody whose deals are still empty.

    Not where the pre-read goes out on that day, which says so. Two queries.
    """
    by_pk = {each.pk: each for each in reviews}
    empty = ReviewItem.objects.filter(review__in=by_pk, is_exception=False)
    drafts = []
    for owner, own in _by_owner(empty.exclude(PREPARED)):
        for pk in dict.fromkeys(each.review_id for each in own):
            review = by_pk[pk]
            if not is_preread_day(review.meeting, now, owner.time_zone):
                count = sum(each.review_id == pk for each in own)
                drafts.append(_unprepared(review, owner, count, now))
    return drafts


def _by_owner(
    items: ItemQuerySet,
) -> Iterator[tuple[User, Sequence[ReviewItem]]]:
    found: dict[int, list[ReviewItem]] = defaultdict(list)
    shown = items.select_related("opportunity__account")
    for each in shown.order_by("review", "position", "pk"):
        found[each.opportunity.owner_id].append(each)
    people = User.objects.able_to_sign_in().in_bulk(found)
    for pk in sorted(found):
        if pk in people:
            yield people[pk], found[pk]


def _prepare(
    review: Review,
    meeting: Meeting,
    owner: User,
    own: Sequence[ReviewItem],
    now: datetime,
    *,
    reads: bool,
) -> Draft:
    """Return what asks one rep. reads is whether pre-reads come to them by mail."""
    path = reverse("reviews:review_prepare", args=[review.pk])
    context = {
        "name": owner.name,
        "meeting": meeting,
        "when": _when(meeting.starts_at, owner, now),
        "due": _when(due_at(meeting), owner, now),
        "deals": [(each.opportunity.headline, each.reasons) for each in own],
        "url": settings.APP_BASE_URL + path,
    }
    subject = ngettext(
        "Prepare %(n)d deal: %(meeting)s",
        "Prepare %(n)d deals: %(meeting)s",
        len(own),
    )
    return Draft(
        kind=PREPARE,
        key=f"{PREPARE}:{meeting.pk}:{owner.pk}",
        recipient=owner,
        subject=subject % {"n": len(own), "meeting": meeting},
        text=render_to_string("reviews/mail/prepare.txt", context),
        url=path,
        expires_at=meeting.starts_at,
        is_in_app_only=reads and is_preread_day(meeting, now, owner.time_zone),
    )


def _unprepared(review: Review, owner: User, count: int, now: datetime) -> Draft:
    path = reverse("reviews:review_prepare", args=[review.pk])
    when = _when(review.meeting.starts_at, owner, now)
    subject = ngettext(
        "%(n)d deal is still to be prepared: %(meeting)s, %(when)s",
        "%(n)d deals are still to be prepared: %(meeting)s, %(when)s",
        count,
    )
    said = subject % {"n": count, "meeting": review.meeting, "when": when}
    return Draft(
        kind=UNPREPARED,
        key=f"{UNPREPARED}:{review.meeting_id}:{owner.pk}",
        recipient=owner,
        subject=said,
        text=f"{said}\n\n{settings.APP_BASE_URL}{path}\n",
        url=path,
        expires_at=review.meeting.starts_at,
    )


def _when(moment: datetime, person: User, now: datetime) -> str:
    local = moment.astimezone(ZoneInfo(person.time_zone))
    return formats.day_clock(local, person.today(now))
