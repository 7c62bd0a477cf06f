"""Deals that show a flag, found by the database: the rules of `flags.py` in SQL.

A test holds both together: a filter finds the deals that show the flag, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    DateField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Greatest, TruncDate

from pipeline.opportunities import flags
from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from pipeline.opportunities.selectors.events import events_of
from pipeline.opportunities.selectors.movement import movements
from pipeline.opportunities.selectors.sizes import big_by_team
from pipeline.process.models import Importance, Milestone, Stage, StageKind
from rhythm.people.models import Membership, User


def flagged(
    deals: OpportunityQuerySet, kind: str, *, viewer: User, now: datetime
) -> OpportunityQuerySet:
    """Return the open deals that show a flag of `kind`; all for an unknown kind."""
    find = FILTERS.get(kind)
    return find(deals.open(), viewer, now) if find else deals


def _before(today: date, limit: str) -> ExpressionWrapper:
    """Return the day `limit` days before today, as an SQL expression."""
    return ExpressionWrapper(
        Cast(Value(today), DateField()) - F(limit), output_field=DateField()
    )


def _overdue(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    return deals.overdue(viewer.today(now))


def _milestones_missing(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    today = viewer.today(now)
    last = today + timedelta(flags.CLOSING_DAYS)
    met = MilestoneRecord.objects.filter(
        opportunity=OuterRef(OuterRef("pk")), milestone=OuterRef("pk"), is_met=True
    )
    asked = Milestone.objects.filter(
        importance=Importance.REQUIRED,
        stage__kind=StageKind.OPEN,
        stage__process=OuterRef("process"),
        stage__position__gte=OuterRef("stage__position"),
    ).exclude(Exists(met))
    needing = Stage.objects.open().filter(
        process=OuterRef("process"),
        position__gte=OuterRef("stage__position"),
        needs_outcome=True,
    )
    confirmed = CustomerOutcome.objects.filter(opportunity=OuterRef("pk"))
    confirmed = confirmed.exclude(confirmed_by=None)
    binding = _binding(asked, now)
    needed = _binding(needing, now, prefix="outcome_")
    return deals.filter(close_on__range=(today, last)).filter(
        Exists(binding) | (Exists(needed) & ~Exists(confirmed))
    )


def _binding[M: Model](
    asked: QuerySet[M], now: datetime, *, prefix: str = ""
) -> QuerySet[M]:
    """Keep what binds the outer deal: `gates.Binding.binds` in SQL."""
    since = f"{prefix}asked_since"
    return asked.filter(
        Q(**{since: None})
        | Q(**{f"{since}__lte": OuterRef("created_at")})
        | Q(**{f"{prefix}binds_from__lte": now})
    )


MOVEMENT_FIELDS = ("close_on", "stage_id", "move_reason", "process_id")


def _as_of(now: datetime) -> QuerySet:
    """Return the event that says what a deal was when movement is told from."""
    since = now - timedelta(flags.MOVEMENT_DAYS)
    events = events_of(Opportunity).filter(
        pgh_obj_id=OuterRef("pk"), pgh_created_at__gt=since
    )
    return events.order_by("pgh_created_at", "pgh_id")


def _slipped(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    before = Subquery(_as_of(now).values("close_on")[:1])
    return deals.alias(close_on_before=before).filter(close_on__gt=F("close_on_before"))


def _moved_back(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    further = _as_of(now).filter(
        stage__kind=StageKind.OPEN, stage__position__gt=OuterRef("stage__position")
    )
    # Few ever step back; whether it was a slip of the hand is told for them by hand.
    candidates = list(deals.filter(Exists(further)).only(*MOVEMENT_FIELDS))
    return deals.filter(pk__in=[each.pk for each in behind(candidates, now)])


def behind(candidates: Sequence[Opportunity], now: datetime) -> list[Opportunity]:
    """Return those that stand at an earlier stage than since movement is told from.

    Needs MOVEMENT_FIELDS. Two queries for any number.
    """
    stages = Stage.objects.open().filter(process__in={e.process_id for e in candidates})
    positions = dict(stages.values_list("pk", "position"))
    since = now - timedelta(flags.MOVEMENT_DAYS)
    moved = movements(candidates)
    return [each for each in candidates if moved[each.pk].is_behind(since, positions)]


def _stuck(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    since_on = TruncDate("stage_since", tzinfo=ZoneInfo(viewer.time_zone))
    limit = _before(viewer.today(now), "stage__stuck_days")
    return deals.alias(since_on=since_on).filter(since_on__lt=limit)


def _idle(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    # Greatest leaves out what is null.
    last = Greatest(
        "opened_on",
        "next_step_on",
        TruncDate("last_activity_at", tzinfo=ZoneInfo(viewer.time_zone)),
    )
    limit = _before(viewer.today(now), "stage__idle_days")
    return deals.alias(last_sign=last).filter(last_sign__lt=limit)


def _no_next_step(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    return deals.filter(next_step_on=None)


def _gone(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    return deals.exclude(gone_since=None)


def _big(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    limits = big_by_team(viewer)
    present = Membership.objects.present().filter(user=OuterRef("owner"))
    big_from = Case(
        *(When(team=team, then=Value(limit)) for team, limit in limits.items() if team),
        When(team=None, then=Value(limits.get(None))),
        output_field=DecimalField(max_digits=14, decimal_places=2, null=True),
    )
    team = Subquery(present.values("team_id")[:1])
    return deals.alias(team=team).alias(big=big_from).filter(amount__gte=F("big"))


def _new(
    deals: OpportunityQuerySet, viewer: User, now: datetime
) -> OpportunityQuerySet:
    today = viewer.today(now)
    first = today - timedelta(flags.NEW_DAYS)
    return deals.filter(opened_on__range=(first, today))


FILTERS: dict[
    str, Callable[[OpportunityQuerySet, User, datetime], OpportunityQuerySet]
] = {
    flags.OVERDUE: _overdue,
    flags.MILESTONES_MISSING: _milestones_missing,
    flags.SLIPPED: _slipped,
    flags.MOVED_BACK: _moved_back,
    flags.STUCK: _stuck,
    flags.IDLE: _idle,
    flags.NO_NEXT_STEP: _no_next_step,
    flags.GONE: _gone,
    flags.BIG: _big,
    flags.NEW: _new,
}
