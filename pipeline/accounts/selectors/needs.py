"""Why plans ask for a talk, and whose plans a review is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.accounts.models import (
    AccountPlan,
    AccountPlanQuerySet,
    AccountReviewItem,
    PlanRisk,
    Severity,
)
from pipeline.accounts.needs import WEIGHTS, Need
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.reasons import Reason, left_over
from rhythm.calendar.models import OVER, Meeting
from rhythm.commitments.models import CommitmentState
from rhythm.people.models import Membership, User
from rhythm.web import formats

# More plans than this are not weighed; those reviewed longest ago are.
MOST_WEIGHED = 500
# So many of the accounts with the most open value count as big.
BIG = 3


def plans_of(meeting: Meeting) -> AccountPlanQuerySet:
    """Return the plans that an account review is about: of its person or its team.

    The team's leader, whose own place is in the team above, sells with it.
    """
    if meeting.person_id:
        return AccountPlan.objects.filter(owner=meeting.person_id)
    below = Membership.objects.below(meeting.team_id)
    team = Q(owner__in=below.values("user"))
    if meeting.team and meeting.team.manager_id:
        team |= Q(owner=meeting.team.manager_id)
    return AccountPlan.objects.filter(team)


def needs_of(
    plans: Sequence[AccountPlan],
    viewer: User,
    now: datetime,
    *,
    beside: Sequence[int] = (),
) -> list[Need]:
    """Return why each plan asks for a talk. Four queries for any number.

    beside are keys of further accounts: only next to them is one among the biggest.
    """
    today, ids = viewer.today(now), [each.pk for each in plans]
    risks = _risks(ids)
    moves = _moves(ids, today)
    left = _left_over(ids)
    values = _values([*(each.account_id for each in plans), *beside], viewer)
    big = set(sorted(values, key=lambda each: -values[each])[:BIG])
    found = []
    for plan in plans:
        reasons = [
            *([left_over()] if plan.pk in left else ()),
            *_of_review(plan, today),
            *_of_risks(*risks.get(plan.pk, (0, 0))),
            *_of_moves(*moves.get(plan.pk, (0, None)), today),
            *([_big()] if plan.account_id in big else ()),
        ]
        reasons.sort(key=lambda each: (-WEIGHTS.get(each.kind, 0), each.kind))
        value = values.get(plan.account_id, Decimal())
        found.append(Need(plan.pk, value, reasons))
    return found


def _risks(ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return how many risks are open, and how many of them are bad, by plan."""
    opens = PlanRisk.objects.filter(plan__in=ids, closed_on=None).order_by()
    counted = opens.values("plan_id").annotate(
        n=Count("pk"), bad=Count("pk", filter=Q(severity=Severity.HIGH))
    )
    return {each["plan_id"]: (each["n"], each["bad"]) for each in counted}


def _moves(ids: Sequence[int], today: date) -> dict[int, tuple[int, date | None]]:
    """Return how many moves are open, and the oldest that is broken, by plan."""
    through = AccountPlan.commitments.through.objects.filter(
        accountplan__in=ids, commitment__state=CommitmentState.OPEN
    )
    found: dict[int, tuple[int, date | None]] = {}
    rows = through.values_list("accountplan_id", "commitment__due_on")
    for plan, due in rows:
        count, broken = found.get(plan, (0, None))
        if due < today:
            broken = min(due, broken or due)
        found[plan] = (count + 1, broken)
    return found


def _left_over(ids: Sequence[int]) -> set[int]:
    """Return the plans that their last review did not decide."""
    on_agenda = AccountReviewItem.objects.filter(
        plan__in=ids,
        review__meeting__state__in=OVER,
        review__meeting__started_at__isnull=False,
    )
    last = on_agenda.order_by("plan_id", "-review__meeting__ended_at", "-pk")
    rows = last.distinct("plan_id").values_list("plan_id", "decision")
    return {plan for plan, decision in rows if not decision}


def _values(accounts: Sequence[int], viewer: User) -> dict[int, Decimal]:
    deals = Opportunity.objects.visible_to(viewer).open()
    sums = deals.filter(account__in=accounts).order_by().values("account_id")
    rows = sums.annotate(total=Sum("amount")).values_list("account_id", "total")
    return {account: total for account, total in rows if total}


def _of_review(plan: AccountPlan, today: date) -> list[Reason]:
    if plan.last_reviewed_at is None:
        text = _("Never reviewed")
        return [Reason("never_reviewed", text, text, icon="question-circle")]
    due = plan.next_review_on
    if due is None or due >= today:
        return []
    text = _("Review was due %(day)s") % {"day": formats.day(due, today)}
    return [Reason("overdue", text, _("Overdue"), since=due, icon="alarm")]


def _of_risks(count: int, bad: int) -> list[Reason]:
    if bad:
        text = ngettext(
            "%(n)d risk may cost us the account",
            "%(n)d risks may cost us the account",
            bad,
        ) % {"n": bad}
        short = ngettext("%(n)d bad risk", "%(n)d bad risks", bad) % {"n": bad}
        icon = "exclamation-octagon"
        return [Reason("high_risk", text, short, tone="bad", icon=icon)]
    if not count:
        return []
    text = ngettext("%(n)d open risk", "%(n)d open risks", count) % {"n": count}
    return [Reason("risks", text, text, icon="exclamation-triangle")]


def _of_moves(count: int, broken: date | None, today: date) -> list[Reason]:
    if not count:
        text = _("No open commitment")
        return [Reason("no_move", text, text, icon="signpost")]
    if broken is None:
        return []
    day = formats.day(broken, today)
    text = _("A commitment is broken, was due %(day)s") % {"day": day}
    short = _("Broken commitment")
    return [
        Reason("commitment_broken", text, short, broken, tone="bad", icon="x-circle")
    ]


def _big() -> Reason:
    text = _("Among those with the most in open deals")
    return Reason("big", text, _("Big"), tone="", icon="graph-up-arrow")


def compare_dates(plans: Sequence[AccountPlan]) -> dict[int, datetime]:
    """Return since when what changed on each plan is told. One query.

    That is the end of the last review that decided about it, or its beginning.
    """
    decided = AccountReviewItem.objects.filter(
        plan__in=[each.pk for each in plans], review__meeting__state="held"
    ).exclude(decision="")
    ends = decided.order_by().values("plan_id")
    last = dict(
        ends.annotate(at=Max("review__meeting__ended_at")).values_list("plan_id", "at")
    )
    return {each.pk: last.get(each.pk) or each.created_at for each in plans}
