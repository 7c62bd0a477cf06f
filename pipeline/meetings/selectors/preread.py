"""The pre-read of a meeting: what needs no time in it, as one reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.movement.bars import BARS
from pipeline.movement.days import Span, presets
from pipeline.movement.selectors.asof import Scope
from pipeline.movement.selectors.bars import counts_of
from pipeline.movement.selectors.rows import Told, rows_of
from pipeline.opportunities.models import Opportunity
from pipeline.reviews.models import Review
from pipeline.reviews.selectors.preparing import Preparing, preparing
from pipeline.runner.selectors.series import before, last_held
from rhythm.calendar.models import Meeting, MeetingQuerySet
from rhythm.calendar.recurrence import a_round_before
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import Membership, Organisation, User
from rhythm.web import formats
from rhythm.web.addresses import address

# What is told of a meeting that has none before it, and that no rule calls.
AT_FIRST = timedelta(days=7)
# Told by name; the pages have all.
MOST_WINS, MOST_PROMISES = 5, 8
# Of older promises that are still open, the oldest.
MOST_READ = 200
TOLD = (
    *("new", "won", "lost", "walked_away", "grew", "shrank"),
    *("advanced", "moved_back", "pulled_in", "slipped"),
)


@dataclass(frozen=True)
class Covered:
    """What a meeting is about, the same for all its readers."""

    meeting: Meeting
    owners: tuple[int, ...]
    # When the last one before it that was held began. None for the first.
    before: datetime | None
    review: Review | None
    organisation: Organisation
    # What those who see everybody's work see, by their zone.
    for_all: dict[str, Moved] = field(default_factory=dict)


@dataclass(frozen=True)
class Line:
    """A change, in words."""

    label: str
    deals: int
    value: str
    url: str


@dataclass(frozen=True)
class Win:
    title: str
    owner: str
    amount: str
    url: str


@dataclass(frozen=True)
class Promise:
    """A commitment that is still open."""

    who: str
    what: str
    due: str
    is_broken: bool
    url: str


@dataclass(frozen=True)
class Moved:
    """Numbers, changes and wins."""

    # Label and value.
    figures: Sequence[tuple[str, str]]
    changes: Sequence[Line]
    wins: Sequence[Win]
    more_wins: int


@dataclass(frozen=True)
class PrereadPage:
    """The pre-read of one reader. All texts are ready to print."""

    pk: int
    title: str
    when: str
    chair: str
    url: str
    meeting_url: str
    since: str
    moved: Moved
    # "3 kept, 4 open, 1 broken".
    standing: str
    promises: Sequence[Promise]
    more_promises: int
    preparing: Preparing | None


def covering(meetings: MeetingQuerySet) -> MeetingQuerySet:
    """Return the meetings with whom they name."""
    return meetings.select_related("team", "person", "chair", "deputy", "cadence")


def covered(meeting: Meeting) -> Covered:
    """Return what a meeting that came through `covering` is about. Four queries."""
    if meeting.team_id:
        members = Membership.objects.below(meeting.team_id)
        owners = tuple(sorted(set(members.values_list("user", flat=True))))
    else:
        owners = (meeting.person_id or 0,)
    return Covered(
        meeting=meeting,
        owners=owners,
        before=last_held(meeting).values_list("started_at", flat=True).first(),
        review=Review.objects.filter(meeting=meeting).first(),
        organisation=Organisation.current(),
    )


def preread_of(about: Covered, reader: User, *, now: datetime) -> PrereadPage:
    """Return the pre-read as `reader` may see it. At most five queries."""
    meeting, today = about.meeting, reader.today(now)
    zone = ZoneInfo(reader.time_zone)
    since = _since(about, zone, today)
    promises, standing = _promises(about, reader, since, today)
    return PrereadPage(
        pk=meeting.pk,
        title=str(meeting),
        when=formats.day_clock(meeting.starts_at.astimezone(zone), today),
        chair=meeting.runner.name,
        url=reverse("meetings:meeting_preread", args=[meeting.pk]),
        meeting_url=meeting.get_absolute_url(),
        since=formats.day(since, today),
        moved=_moved(about, reader, Span(min(since, today), today)),
        standing=standing,
        promises=promises[:MOST_PROMISES],
        more_promises=max(len(promises) - MOST_PROMISES, 0),
        preparing=preparing(about.review, reader, now=now, meeting=meeting)
        if about.review
        else None,
    )


def _since(about: Covered, zone: ZoneInfo, today: date) -> date:
    """Return the day from which is told: of the one before, or a round of its rule."""
    if about.before:
        return about.before.astimezone(zone).date()
    cadence = about.meeting.cadence
    return a_round_before(cadence.rule, today) if cadence else today - AT_FIRST


def _moved(about: Covered, reader: User, span: Span) -> Moved:
    """Return numbers, changes and wins; once for all who see everything."""
    if not reader.sees_all:
        return _moved_of(about, reader, span)
    if reader.time_zone not in about.for_all:
        about.for_all[reader.time_zone] = _moved_of(about, reader, span)
    return about.for_all[reader.time_zone]


def _moved_of(about: Covered, reader: User, span: Span) -> Moved:
    scope, currency = Scope(owners=about.owners), about.organisation.currency
    counted = counts_of(reader, scope, span, [BARS[name] for name in TOLD])
    changes = [
        Line(
            label=str(each.bar.label),
            deals=each.deals,
            value=formats.money_short(abs(each.value), currency),
            url=_movement(about.meeting, span),
        )
        for each in counted.values()
        if each.deals
    ]
    won, wins = counted["won"].deals, []
    if won:
        told = Told(span.last, currency)
        rows = rows_of(reader, scope, span, BARS["won"], 1, told).rows[:MOST_WINS]
        wins = [
            Win(
                title=each.title,
                owner=each.owner.new,
                amount=each.amount.new,
                url=address("opportunities:opportunity_detail", each.id),
            )
            for each in rows
        ]
    figures = _figures(about, reader, span.last)
    return Moved(figures, changes, wins, max(won - len(wins), 0))


def _movement(meeting: Meeting, span: Span) -> str:
    """Return where the changes stand deal by deal."""
    who = (
        f"team-{meeting.team_id}" if meeting.team_id else f"person-{meeting.person_id}"
    )
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    return f"{reverse('movement:movement')}?{urlencode({**days, 'who': who})}"


def _figures(about: Covered, reader: User, today: date) -> list[tuple[str, str]]:
    """Return the numbers of today, and what was won in the quarter. One query."""
    organisation = about.organisation
    quarter = presets(today, organisation.fiscal_year_month)["quarter"].first
    is_open = Q(closed_on=None)
    is_won = Q(outcome="won", closed_on__gte=quarter)
    found: dict[str, Any] = (
        Opportunity.objects.visible_to(reader)
        .filter(is_open | is_won, owner__in=about.owners)
        .aggregate(
            deals=Count("pk", filter=is_open),
            open=Sum("amount", filter=is_open),
            weighted=Sum(F("amount") * F("stage__probability"), filter=is_open),
            won=Sum("amount", filter=is_won),
        )
    )
    currency = organisation.currency

    def money(name: str) -> str:
        return formats.money_short(round(found[name] or Decimal(0)), currency)

    return [
        (_("Open deals"), formats.count(found["deals"])),
        (_("Open value"), money("open")),
        (_("Weighted"), money("weighted")),
        (_("Won this quarter"), money("won")),
    ]


def _promises(
    about: Covered, reader: User, since: date, today: date
) -> tuple[list[Promise], str]:
    """Return what was promised in the meetings before and is open, and how it stands.

    One query.
    """
    earlier = before(about.meeting)
    is_open = Q(state=CommitmentState.OPEN)
    is_kept = Q(state=CommitmentState.KEPT, kept_on__gte=since)
    found = list(
        Commitment.objects.visible_to(reader)
        .filter(is_open | is_kept, made_in__in=earlier.order_by().values("pk"))
        .select_related("promiser")
        .order_by("due_on", "pk")[:MOST_READ]
    )
    promises = [
        Promise(
            who=each.promiser.name,
            what=each.what,
            due=formats.day(each.due_on, today),
            is_broken=each.due_on < today,
            url=each.get_absolute_url(),
        )
        for each in found
        if each.is_open
    ]
    kept, broken = len(found) - len(promises), sum(e.is_broken for e in promises)
    parts = (
        ngettext("%d kept", "%d kept", kept) % kept,
        ngettext("%d open", "%d open", len(promises)) % len(promises),
        ngettext("%d broken", "%d broken", broken) % broken if broken else "",
    )
    return promises, ", ".join(filter(None, parts)) if found else ""
