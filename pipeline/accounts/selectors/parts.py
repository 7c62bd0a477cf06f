"""A plan with all that hangs on it, fetched in one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import JSONObject

from pipeline.accounts.models import (
    AccountPlan,
    AccountPlanQuerySet,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from rhythm.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# What a page shows of each, and what a plan takes; one that needs more has lost its
# point.
MOST_PEOPLE, MOST_OUTCOMES, MOST_RISKS, MOST_CELLS, MOST_AREAS = 60, 40, 60, 400, 12
MOST_OF: dict[type[models.Model], int] = {
    PlanPerson: MOST_PEOPLE,
    PlanOutcome: MOST_OUTCOMES,
    PlanRisk: MOST_RISKS,
    PlanArea: MOST_AREAS,
}


class Parts(TypedDict):
    """What `with_parts` adds to a plan; lists hold a dict for each record."""

    people: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    areas: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    risks: list[dict[str, Any]]
    is_editable: bool


type PlanWithParts = WithAnnotations[AccountPlan, Parts]


def with_parts(viewer: User) -> AccountPlanQuerySet:
    """Return all plans, each with its parts and whether `viewer` may edit it."""
    editable = AccountPlan.objects.editable_by(viewer).filter(pk=OuterRef("pk"))
    return AccountPlan.objects.select_related("account", "owner").annotate(
        people=_people(),
        outcomes=_outcomes(),
        areas=_areas(),
        cells=_cells(),
        risks=_risks(),
        is_editable=Exists(editable),
    )


def _people() -> ArraySubquery:
    found = PlanPerson.objects.filter(plan=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        found.values(
            json=JSONObject(
                pk="pk",
                name="contact__name",
                title="contact__title",
                level="level",
                side="side",
                part="part",
                attitude="attitude",
                bond="bond",
                known_by="known_by_id",
                known_by_name="known_by__name",
                reports_to="reports_to__contact__name",
                note="note",
            )
        )[:MOST_PEOPLE]
    )


def _outcomes() -> ArraySubquery:
    found = PlanOutcome.objects.filter(plan=OuterRef("pk"))
    return ArraySubquery(
        found.order_by("-achieved_on", "-pk").values(
            json=JSONObject(
                pk="pk",
                words="words",
                evidence="evidence",
                achieved_on="achieved_on",
                confirmed_by="confirmed_by__name",
            )
        )[:MOST_OUTCOMES]
    )


def _areas() -> ArraySubquery:
    found = PlanArea.objects.filter(plan=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        found.values(json=JSONObject(pk="pk", name="name"))[:MOST_AREAS]
    )


def _cells() -> ArraySubquery:
    found = FieldCell.objects.filter(plan=OuterRef("pk")).exclude(state="")
    return ArraySubquery(
        found.order_by("pk").values(
            json=JSONObject(
                area="area_id",
                product="product_id",
                product_name="product__name",
                state="state",
                deal="opportunity_id",
                note="note",
            )
        )[:MOST_CELLS]
    )


def _risks() -> ArraySubquery:
    found = PlanRisk.objects.filter(plan=OuterRef("pk")).order_by("pk")
    return ArraySubquery(
        found.values(
            json=JSONObject(
                pk="pk",
                what="what",
                severity="severity",
                response="response",
                who="who__name",
                closed_on="closed_on",
                ending="ending",
            )
        )[:MOST_RISKS]
    )
