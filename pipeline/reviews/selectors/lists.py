"""The list of reviews: to run, running, past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.reviews.models import Review, ReviewItem, ReviewQuerySet
from rhythm.calendar.models import BEFORE_ITS_END, MeetingState, seconds_between
from rhythm.people.models import User
from rhythm.web import formats
from rhythm.web.addresses import address
from rhythm.web.pages import Numbered

PER_PAGE = 20
# Planned and running reviews of others that are shown at once.
MOST_CURRENT = 50


@dataclass(frozen=True)
class Row:
    """A review in the list. All texts are ready to print."""

    pk: int
    subject: str
    chair: str
    # "Thu 19 Nov, 14:52", and the day alone.
    when: str
    day: str
    # How far it is, how long it takes or took, what it decided: as its state has it.
    facts: str
    state: str
    state_label: str
    is_chair: bool
    url: str
    # Empty where there are none: it was missed, or called off.
    minutes_url: str


@dataclass(frozen=True)
class ReviewList:
    """What the list of reviews shows to one viewer."""

    running: Sequence[Row]
    planned: Sequence[Row]
    past: Numbered[Row]
    may_start: bool


@dataclass(frozen=True)
class Progress:
    """How the items stand that the viewer may see of a review."""

    talk: int = 0
    decided: int = 0
    skipped: int = 0


def review_list(
    viewer: User, *, page: int, may_start: bool, now: datetime
) -> ReviewList:
    """Return the reviews that `viewer` may see. Three queries for any number."""
    visible = Review.objects.visible_to(viewer)
    current = list(
        _named(visible.current().order_by("meeting__starts_at"))[:MOST_CURRENT]
    )
    first = (page - 1) * PER_PAGE
    found = _named(visible.past().order_by("-meeting__starts_at", "-pk"))
    past = list(found[first : first + PER_PAGE + 1])
    shown = past[:PER_PAGE]
    progress = _progress([*current, *shown], viewer)
    rows = [_row(each, progress, viewer, now) for each in current]
    return ReviewList(
        running=[each for each in rows if each.state != MeetingState.PLANNED],
        planned=[each for each in rows if each.state == MeetingState.PLANNED],
        past=Numbered(
            page,
            len(past) > PER_PAGE,
            [_row(each, progress, viewer, now) for each in shown],
        ),
        may_start=may_start,
    )


def _named(reviews: ReviewQuerySet) -> Any:
    """Return plain values: a row names few columns of five wide tables."""
    return reviews.values(
        "pk",
        "elapsed_seconds",
        "running_since",
        state=F("meeting__state"),
        starts_at=F("meeting__starts_at"),
        started_at=F("meeting__started_at"),
        planned_minutes=F("meeting__planned_minutes"),
        team=F("meeting__team__name"),
        person=F("meeting__person__name"),
        chair=F("meeting__chair__name"),
        chair_id=F("meeting__chair_id"),
        deputy=F("meeting__deputy__name"),
        deputy_id=F("meeting__deputy_id"),
    )


def _is_chair(review: Mapping[str, Any], viewer: User) -> bool:
    return bool((review["deputy_id"] or review["chair_id"]) == viewer.pk)


def _progress(
    reviews: Sequence[Mapping[str, Any]], viewer: User
) -> dict[int, Progress]:
    """Return how many visible items each review has, and how they stand. One query."""
    items = ReviewItem.objects.filter(review__in=[each["pk"] for each in reviews])
    if not viewer.sees_all:
        chaired = [each["pk"] for each in reviews if _is_chair(each, viewer)]
        # As the deals themselves: who sees the work of its owner.
        owners = User.objects.visible_to(viewer)
        items = items.filter(Q(review__in=chaired) | Q(opportunity__owner__in=owners))
    talk = Q(is_exception=False)
    rows = (
        items.order_by()
        .values("review_id")
        .annotate(
            talk=Count("pk", filter=talk | ~Q(decision="")),
            decided=Count("pk", filter=~Q(decision="")),
            skipped=Count("pk", filter=talk & ~Q(skip_reason="")),
        )
    )
    return {
        each["review_id"]: Progress(each["talk"], each["decided"], each["skipped"])
        for each in rows
    }


def _row(
    review: Mapping[str, Any],
    progress: Mapping[int, Progress],
    viewer: User,
    now: datetime,
) -> Row:
    today, state = viewer.today(now), MeetingState(review["state"])
    starts = (review["started_at"] or review["starts_at"]).astimezone(
        ZoneInfo(viewer.time_zone)
    )
    took = seconds_between(review["elapsed_seconds"], review["running_since"], now)
    return Row(
        pk=review["pk"],
        subject=review["team"] or review["person"],
        chair=review["deputy"] or review["chair"],
        when=formats.day_clock(starts, today),
        day=formats.day(starts, today),
        facts=_facts(
            state,
            progress.get(review["pk"], Progress()),
            planned=review["planned_minutes"],
            took=round(took / 60),
        ),
        state=state.value,
        state_label=str(state.label),
        is_chair=_is_chair(review, viewer),
        url=address("reviews:review_detail", review["pk"]),
        minutes_url=address("reviews:review_minutes", review["pk"])
        if state in (MeetingState.HELD, MeetingState.ABANDONED)
        else "",
    )


def _facts(state: MeetingState, done: Progress, *, planned: int, took: int) -> str:
    """Return "7 of 12 done · 20 of 45 min", "45 min · 12 deals" or "12 decisions"."""
    if state == MeetingState.PLANNED:
        deals = ngettext("%(deals)d deal", "%(deals)d deals", done.talk)
        minutes = _("%(of)d min") % {"of": planned}
        return f"{minutes} · {deals % {'deals': done.talk}}"
    if state in BEFORE_ITS_END:
        ready = {"done": done.decided + done.skipped, "talk": done.talk}
        far = _("%(done)d of %(talk)d done") % ready
        minutes = _("%(took)d of %(of)d min") % {"took": took, "of": planned}
        return f"{far} · {minutes}"
    facts = ngettext("%(decided)d decision", "%(decided)d decisions", done.decided)
    facts %= {"decided": done.decided}
    if done.skipped:
        facts += ", " + _("%(skipped)d skipped") % {"skipped": done.skipped}
    if took:
        facts += " · " + _("%(took)d min") % {"took": took}
    return facts
