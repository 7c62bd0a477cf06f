"""Scorecard: is the rhythm held, and does the pipeline move, by team."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import BigIntegerField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.movement.bars import BARS, CLOSING
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope
from pipeline.movement.selectors.bars import Counted, counts_of
from pipeline.opportunities.selectors.flag_counts import Tally, tallies
from pipeline.reviews.models import Review
from rhythm.people.models import Membership, Organisation, Team, User
from rhythm.people.zones import local_date
from rhythm.web.formats import money_short, relative_day
from scorecards.homes.selectors.pressing import FlagCount
from scorecards.homes.selectors.team import flag_counts
from scorecards.strategy.selectors import Tops, of_the_top

WEEKS = 8
# Movement is told over so many days, today included.
DAYS = 28
MOST_TEAMS = 80
# What the strip shows of the movement, in this order.
TOLD = ("new", "won", "lost", "slipped", CLOSING)


@dataclass(frozen=True)
class Moved:
    """One thing that happened, with the page of the deals it happened to."""

    label: str
    meaning: str
    deals: int
    amount: str
    url: str


@dataclass(frozen=True)
class TeamRow:
    """A team with those below it. indent is how deep it stands, at most 4."""

    name: str
    manager: str
    indent: int
    deals: int
    amount: str
    # Its open deals, and how they moved.
    deals_url: str
    movement_url: str
    # Weeks with a review of the team itself or of its members, old to new; in words.
    beats: str
    beats_label: str
    reviewed: int
    last_review: str
    last_url: str


@dataclass(frozen=True)
class Scorecard:
    """What the page shows."""

    moved: list[Moved]
    flags: list[FlagCount]
    teams: list[TeamRow]
    movement_url: str
    tops: Tops


@dataclass(frozen=True)
class Held:
    """A review that was held: of which team, on which day, and its page."""

    team: int | None
    on: date
    url: str


def scorecard(viewer: User, *, now: datetime) -> Scorecard:
    """Return the scorecard of all that `viewer`, who sees all, sees. Ten queries."""
    today = viewer.today(now)
    span = Span(today - timedelta(days=DAYS - 1), today)
    currency = Organisation.objects.values_list("currency", flat=True).first() or ""
    found = tallies(viewer, now=now)
    moved = counts_of(viewer, Scope(), span, [BARS[name] for name in TOLD])
    return Scorecard(
        moved=[_moved(each, span, currency) for each in moved.values()],
        flags=flag_counts(found.values()),
        teams=_teams(found, _held(viewer, now), span, currency),
        movement_url=_movement("movement:movement", span),
        tops=of_the_top(viewer, now=now),
    )


def _moved(counted: Counted, span: Span, currency: str) -> Moved:
    bar = counted.bar
    return Moved(
        label=_("Open now") if bar.name == CLOSING else str(bar.label),
        meaning=str(bar.meaning),
        deals=counted.deals,
        amount=money_short(abs(counted.value), currency),
        url=_movement("movement:movement_deals", span, bar=bar.name),
    )


def _movement(page: str, span: Span, **more: str) -> str:
    days = {"first": span.first.isoformat(), "last": span.last.isoformat()}
    return f"{reverse(page)}?{urlencode(days | more)}"


def _held(viewer: User, now: datetime) -> list[Held]:
    """Return the reviews held in the last weeks, the latest first. One query."""
    present = Membership.objects.present().filter(user=OuterRef("meeting__person"))
    rows = (
        Review.objects.visible_to(viewer)
        .finished()
        .filter(meeting__ended_at__gte=now - timedelta(weeks=WEEKS))
        .annotate(
            whose=Coalesce(
                F("meeting__team_id"),
                Subquery(present.values("team_id")[:1]),
                output_field=BigIntegerField(),
            )
        )
        .order_by("-meeting__ended_at")
        .values_list("pk", "whose", "meeting__ended_at")
    )
    return [
        Held(
            team=team,
            on=local_date(ended_at, viewer.time_zone),
            url=reverse("reviews:review_detail", args=[pk]),
        )
        for pk, team, ended_at in rows
        if ended_at
    ]


def _teams(
    found: dict[int, Tally], held: list[Held], span: Span, currency: str
) -> list[TeamRow]:
    """Return the teams, each below the one it reports to. Two queries."""
    teams = {each.pk: each for each in Team.objects.select_related("manager")}
    members = Membership.objects.present().filter(user__in=found)
    # A team's deals are those of its members and of the teams below.
    deals: Counter[int] = Counter()
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    for owner, team in members.values_list("user_id", "team_id"):
        for above in teams[team].line:
            deals[above] += found[owner].deals
            amounts[above] += found[owner].amount
    ordered = sorted(
        teams.values(),
        key=lambda each: [(teams[key].name, key) for key in each.line if key in teams],
    )
    return [
        _team(each, Tally(deals[each.pk], amounts[each.pk]), held, span, currency)
        for each in ordered[:MOST_TEAMS]
    ]


def _team(
    team: Team, tally: Tally, held: list[Held], span: Span, currency: str
) -> TeamRow:
    own = [each for each in held if each.team == team.pk]
    beats = _beats(own, span.last)
    reviewed = beats.count("h")
    who = f"team-{team.pk}"
    last = next(iter(own), None)
    return TeamRow(
        name=team.name,
        manager=team.manager.name if team.manager else "",
        indent=min(len(team.line) - 1, 4),
        deals=tally.deals,
        amount=money_short(tally.amount, currency),
        deals_url=_movement("movement:movement_deals", span, who=who, bar=CLOSING),
        movement_url=_movement("movement:movement", span, who=who),
        beats=beats,
        beats_label=ngettext(
            "Reviewed in %(count)d of the last %(weeks)d weeks",
            "Reviewed in %(count)d of the last %(weeks)d weeks",
            reviewed,
        )
        % {"count": reviewed, "weeks": WEEKS},
        reviewed=reviewed,
        last_review=relative_day(last.on, span.last) if last else _("not in 8 weeks"),
        last_url=last.url if last else "",
    )


def _beats(held: list[Held], today: date) -> str:
    """Return a mark for each week, old to new: h(eld), x for none, p if it still runs.

    No week is called missed: nothing says yet how often a team shall be reviewed.
    """
    monday = today - timedelta(days=today.weekday())
    weeks = {(monday - each.on).days for each in held}
    marks = []
    for back in range(WEEKS - 1, -1, -1):
        first = monday - timedelta(weeks=back)
        behind = (monday - first).days
        has_one = any(behind - 7 < days <= behind for days in weeks)
        marks.append("h" if has_one else "x" if back else "p")
    return "".join(marks)
