"""Account plans, what they are made of, and the reviews that go through them."""

from pipeline.accounts.models.field import CellState, FieldCell, PlanArea
from pipeline.accounts.models.parts import PlanOutcome, PlanRisk, Severity
from pipeline.accounts.models.people import (
    Attitude,
    Bond,
    Level,
    Part,
    PlanPerson,
    Side,
)
from pipeline.accounts.models.plans import AccountPlan, AccountPlanQuerySet
from pipeline.accounts.models.reviews import (
    AccountReview,
    AccountReviewItem,
    AccountReviewItemQuerySet,
    PlanDecision,
    PlanNote,
)

__all__ = [
    "AccountPlan",
    "AccountPlanQuerySet",
    "AccountReview",
    "AccountReviewItem",
    "AccountReviewItemQuerySet",
    "Attitude",
    "Bond",
    "CellState",
    "FieldCell",
    "Level",
    "Part",
    "PlanArea",
    "PlanDecision",
    "PlanNote",
    "PlanOutcome",
    "PlanPerson",
    "PlanRisk",
    "Severity",
    "Side",
]
