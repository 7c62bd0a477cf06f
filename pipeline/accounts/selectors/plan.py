"""One account plan as its page and the review show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.accounts.models import AccountPlan, Severity
from pipeline.accounts.selectors.deals import PlanDeal, deals_of, open_value
from pipeline.accounts.selectors.field import Field, field_of
from pipeline.accounts.selectors.parts import PlanWithParts
from pipeline.accounts.selectors.people import PeopleMap, people_map
from pipeline.accounts.words import SEVERITIES, Look
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.commitments.selectors.rows import Row, rows, shaped
from rhythm.people.models import User
from rhythm.web import formats

MOST_MOVES, MOST_KEPT = 12, 4
MOST_SHOWN_DEALS = 8


@dataclass(frozen=True)
class Outcome:
    """A result for the customer. pk None: a deal says it, and links there."""

    pk: int | None
    words: str
    evidence: str
    when: str
    by: str
    deal: PlanDeal | None
    # Reached, or what a deal is still to bring.
    is_delivered: bool


@dataclass(frozen=True)
class Risk:
    """What may go wrong."""

    pk: int
    what: str
    look: Look
    response: str
    who: str
    closed: str
    ending: str


@dataclass(frozen=True)
class PlanView:
    """A plan. All texts are ready to print."""

    pk: int
    version: int
    url: str
    account: str
    account_id: int
    about: str
    owner: str
    owner_id: int
    is_owner_active: bool
    goal: str
    why: str
    since: str
    reviewed: str
    next_review: str
    # "warn" when the next review is overdue or nobody has set one.
    review_tone: str
    people: PeopleMap
    outcomes: Sequence[Outcome]
    wanted: Sequence[Outcome]
    field: Field
    risks: Sequence[Risk]
    closed_risks: Sequence[Risk]
    moves: Sequence[Row]
    kept: Sequence[Row]
    deals: Sequence[PlanDeal]
    more_deals: int
    # Key and name of whoever has an open deal there, and is still with us.
    sellers: Mapping[int, str]
    open_value: str
    open_deals: str
    may_edit: bool


def plan_view(
    plan: PlanWithParts, viewer: User, now: datetime, *, is_whole: bool = True
) -> PlanView:
    """Return the view of a plan that came through `with_parts`. At most four queries.

    One less if it is not whole: without products of which nobody said anything.
    """
    today = viewer.today(now)
    deals = deals_of(plan.account_id, viewer, today)
    moves, kept = moves_of(plan.pk, viewer, today)
    delivered, wanted = _outcomes(plan.outcomes, deals, today)
    risks = [_risk(each, today) for each in plan.risks]
    risks.sort(key=lambda each: SEVERITY_ORDER.index(each.look.css))
    account = plan.account
    opens = [each for each in deals if each.is_open]
    overdue = plan.next_review_on is None or plan.next_review_on < today
    return PlanView(
        pk=plan.pk,
        version=plan.version,
        url=plan.get_absolute_url(),
        account=account.name,
        account_id=account.pk,
        about=", ".join(filter(None, (account.industry, account.location))),
        owner=plan.owner.name,
        owner_id=plan.owner_id,
        is_owner_active=plan.owner.is_active,
        goal=plan.goal,
        why=plan.why,
        since=_local_day(plan.created_at, viewer, today),
        reviewed=_local_day(plan.last_reviewed_at, viewer, today)
        if plan.last_reviewed_at
        else _("never"),
        next_review=formats.day(plan.next_review_on, today)
        if plan.next_review_on
        else _("no day set"),
        review_tone="warn" if overdue else "",
        people=people_map(plan.people),
        outcomes=delivered,
        wanted=wanted,
        field=field_of(
            plan.pk, plan.areas, plan.cells, deals, viewer if is_whole else None
        ),
        risks=[each for each in risks if not each.closed],
        closed_risks=[each for each in risks if each.closed],
        moves=moves,
        kept=kept,
        deals=deals[:MOST_SHOWN_DEALS],
        more_deals=max(len(deals) - MOST_SHOWN_DEALS, 0),
        sellers={each.owner_id: each.owner for each in opens if each.is_owner_active},
        open_value=formats.money_short(open_value(deals), viewer.organisation.currency),
        open_deals=ngettext("%(n)d open deal", "%(n)d open deals", len(opens))
        % {"n": len(opens)},
        may_edit=plan.is_editable,
    )


SEVERITY_ORDER = [each.value for each in Severity]


def _local_day(moment: datetime, viewer: User, today: date) -> str:
    return formats.day(moment.astimezone(ZoneInfo(viewer.time_zone)), today)


def moves_of(plan_id: int, viewer: User, today: date) -> tuple[list[Row], list[Row]]:
    """Return the next moves that `viewer` may see, and what was kept lately.

    At most two queries.
    """
    led_by = User.objects.led_by(viewer)
    seen = (
        shaped(Commitment.objects.visible_to(viewer))
        .filter(pk__in=_of_plan(plan_id).values("commitment_id"))
        .annotate(
            is_promiser_led=Exists(led_by.filter(pk=OuterRef("promiser"))),
            is_receiver_led=Exists(led_by.filter(pk=OuterRef("receiver"))),
        )
    )
    standing = seen.exclude(state=CommitmentState.DROPPED)
    first = F("kept_on").desc(nulls_first=True)
    ordered = standing.order_by(first, "due_on", "pk")
    found: list[Any] = list(ordered[: MOST_MOVES + MOST_KEPT])
    led = {each.promiser_id for each in found if each.is_promiser_led}
    led |= {each.receiver_id for each in found if each.is_receiver_led}
    opens = [each for each in found if each.is_open][:MOST_MOVES]
    kept = [each for each in found if not each.is_open][:MOST_KEPT]
    told = rows([opens, kept], viewer, today=today, led=led)
    return told[0], told[1]


def _of_plan(plan_id: int) -> Any:
    through = AccountPlan.commitments.through
    return through.objects.filter(accountplan=plan_id).order_by()


def _outcomes(
    by_hand: Sequence[dict[str, Any]], deals: Sequence[PlanDeal], today: date
) -> tuple[list[Outcome], list[Outcome]]:
    """Return what was delivered, and what open deals are still to bring."""
    delivered = [
        Outcome(
            pk=each["pk"],
            words=each["words"],
            evidence=each["evidence"],
            when=formats.day(date.fromisoformat(each["achieved_on"]), today),
            by=each["confirmed_by"] or "",
            deal=None,
            is_delivered=True,
        )
        for each in by_hand
    ]
    wanted: list[Outcome] = []
    for deal in deals:
        for each in deal.outcomes if deal.is_open or deal.is_won else ():
            is_confirmed = bool(each["confirmed_on"])
            told = Outcome(
                pk=None,
                words=each["words"],
                evidence=_measure(each),
                when=formats.day(date.fromisoformat(each["confirmed_on"]), today)
                if is_confirmed
                else "",
                by=each["confirmed_by"] or "",
                deal=deal,
                is_delivered=deal.is_won and is_confirmed,
            )
            (delivered if told.is_delivered else wanted).append(told)
    return delivered, wanted


def _measure(outcome: dict[str, Any]) -> str:
    """Return "Spoilage: 3.1 % → under 1 %"."""
    step = " → ".join(filter(None, (outcome["baseline"], outcome["target"])))
    return ": ".join(filter(None, (outcome["metric"], step)))


def _risk(risk: dict[str, Any], today: date) -> Risk:
    closed = risk["closed_on"]
    return Risk(
        pk=risk["pk"],
        what=risk["what"],
        look=SEVERITIES[risk["severity"]],
        response=risk["response"],
        who=risk["who"] or "",
        closed=formats.day(date.fromisoformat(closed), today) if closed else "",
        ending=risk["ending"],
    )
