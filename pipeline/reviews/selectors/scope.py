"""Whom one may review, which deals that brings, and why each asks for a talk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.reasons import LEFT_OVER, Reason, left_over
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.missing import Shown
from pipeline.reviews.agenda import Candidate, reasons_by_weight
from pipeline.reviews.models import ReviewItem
from rhythm.calendar.models import OVER, MeetingState
from rhythm.commitments.models import CommitmentState
from rhythm.people.models import Membership, Team, User
from rhythm.web import formats

# A commitment due within so many days is worth a word before it is broken.
DUE_SOON = timedelta(days=2)
# More open deals than this are not weighed; the largest are.
MOST_DEALS = 2000


@dataclass(frozen=True)
class Choice:
    """A team or a person whom a review can be with."""

    value: str
    label: str
    subject: Team | User


@dataclass(frozen=True)
class Choices:
    """Whom `viewer` may review."""

    teams: Sequence[Choice]
    people: Sequence[Choice]

    def find(self, value: str) -> Choice | None:
        """Return the choice of that value. None for one that is not theirs."""
        every = (*self.teams, *self.people)
        return next((each for each in every if each.value == value), None)

    @property
    def first(self) -> Choice | None:
        return next(iter((*self.teams, *self.people)), None)


def choices_for(viewer: User) -> Choices:
    """Return the teams and people that `viewer` may review. Two queries."""
    teams = Team.objects.chaired_by(viewer).order_by("name", "pk")
    people = User.objects.active()
    if not viewer.is_executive:
        people = people.filter(pk__in=User.objects.led_by(viewer))
    sellers = people.exclude(pk=viewer.pk).filter(is_rep=True)
    return Choices(
        teams=[Choice(f"team-{each.pk}", each.name, each) for each in teams],
        people=[
            Choice(f"person-{each.pk}", each.name, each)
            for each in sellers.order_by("name", "pk")
        ],
    )


def owners_of(subject: Team | User) -> Iterable[int]:
    """Return whose deals a review with `subject` is about, as a query of ids."""
    if isinstance(subject, User):
        return [subject.pk]
    return Membership.objects.below(subject.pk).values_list("user_id", flat=True)


def deals_of(subject: Team | User) -> OpportunityQuerySet:
    """Return the open deals that a review with `subject` may talk about."""
    return Opportunity.objects.open().filter(owner__in=owners_of(subject))


@dataclass(frozen=True)
class Before:
    """What reviews said of deals: when the last one of each ended; those left over."""

    reviewed: dict[int, datetime]
    left: set[int]


def before(deal_ids: Sequence[int]) -> Before:
    """Return what earlier reviews say of the deals. One query."""
    meeting = "review__meeting"
    decided = Q(**{f"{meeting}__state": MeetingState.HELD}) & ~Q(decision="")
    on_agenda = Q(
        is_exception=False,
        **{f"{meeting}__state__in": OVER, f"{meeting}__started_at__isnull": False},
    )
    rows = (
        ReviewItem.objects.filter(opportunity__in=deal_ids)
        .order_by()
        .values("opportunity_id")
        .annotate(
            at=Max(f"{meeting}__ended_at", filter=decided),
            decisions=ArrayAgg(
                "decision",
                filter=on_agenda,
                order_by=(F(f"{meeting}__ended_at").desc(), F("pk").desc()),
            ),
        )
    )
    found = list(rows.values_list("opportunity_id", "at", "decisions"))
    return Before(
        reviewed={deal: at for deal, at, _decisions in found if at},
        left={deal for deal, _at, said in found if said and not said[0]},
    )


def compare_dates(
    deals: Sequence[Opportunity], earlier: Before | None = None
) -> dict[int, datetime]:
    """Return since when each deal's changes are told: last review, or creation."""
    reviewed = (earlier or before([each.pk for each in deals])).reviewed
    return {each.pk: reviewed.get(each.pk, each.created_at) for each in deals}


def reasons_for(
    deals: Sequence[Opportunity],
    since: dict[int, datetime],
    *,
    viewer: User,
    now: datetime,
    earlier: Before | None = None,
    shown: Shown | None = None,
) -> dict[int, tuple[Reason, ...]]:
    """Return why each deal asks for a talk. The number of queries does not grow.

    Give deals with their `stage` selected; earlier and shown when the caller has them.
    """
    ids = [each.pk for each in deals]
    promised = commitment_reasons(ids, viewer.today(now))
    left = (earlier or before(ids)).left
    flagged = flags_of(deals, viewer=viewer, now=now, since=since, shown=shown)
    return {
        deal.pk: tuple(
            reasons_by_weight(
                [
                    *([left_over()] if deal.pk in left else ()),
                    *promised.get(deal.pk, ()),
                    *(
                        Reason(
                            kind=flag.kind,
                            text=flag.text,
                            short=flag.short,
                            since=flag.since,
                            clears=flag.clears,
                            tone=flag.tone,
                            icon=flag.icon,
                        )
                        for flag in flagged.get(deal.pk, ())
                    ),
                ]
            )
        )
        for deal in deals
    }


def commitment_reasons(deal_ids: Sequence[int], today: date) -> dict[int, list[Reason]]:
    """Return what broken and nearly due commitments say about each deal. One query."""
    rows = Opportunity.commitments.through.objects.filter(
        Q(opportunity__in=deal_ids),
        commitment__state=CommitmentState.OPEN,
        commitment__due_on__lte=today + DUE_SOON,
    )
    broken: dict[int, list[date]] = {}
    due: dict[int, list[date]] = {}
    for deal, day in rows.values_list("opportunity_id", "commitment__due_on"):
        (broken if day < today else due).setdefault(deal, []).append(day)
    found: dict[int, list[Reason]] = {}
    for deal, days in broken.items():
        found.setdefault(deal, []).append(_broken(days, today))
    for deal, days in due.items():
        found.setdefault(deal, []).append(_due(days, today))
    return found


def _broken(days: list[date], today: date) -> Reason:
    first, count = min(days), len(days)
    text = ngettext(
        "Commitment broken, was due %(day)s",
        "%(count)d commitments broken, the first was due %(day)s",
        count,
    )
    return Reason(
        kind="commitment_broken",
        text=text % {"count": count, "day": formats.day(first, today)},
        short=ngettext("%(count)d broken", "%(count)d broken", count)
        % {"count": count},
        since=first,
        clears=_("Keep it, agree on a new date, or drop it with a reason."),
        tone="bad",
        icon="x-circle",
    )


def _due(days: list[date], today: date) -> Reason:
    first, count = min(days), len(days)
    when = formats.relative_day(first, today)
    text = ngettext(
        "Commitment due %(when)s", "%(count)d commitments due, first %(when)s", count
    )
    return Reason(
        kind="commitment_due",
        text=text % {"count": count, "when": when},
        short=_("Due %(when)s") % {"when": when},
        since=first,
        clears=_("Keep it, or ask for a new date."),
        tone="warn",
        icon="clock",
    )


def candidates(
    deals: Sequence[Opportunity],
    *,
    viewer: User,
    now: datetime,
    shown: Shown | None = None,
) -> list[Candidate]:
    """Return the deals as the agenda weighs them. Give them with their `stage`.

    Five queries for any number of deals, one less with what they have shown.
    """
    earlier = before([each.pk for each in deals])
    since = compare_dates(deals, earlier)
    reasons = reasons_for(
        deals, since, viewer=viewer, now=now, earlier=earlier, shown=shown
    )
    return [
        Candidate(
            deal=each.pk,
            amount=each.amount,
            reasons=reasons[each.pk],
            is_left_over=any(e.kind == LEFT_OVER for e in reasons[each.pk]),
        )
        for each in deals
    ]
