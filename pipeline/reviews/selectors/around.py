"""An item with all that stands around its deal, fetched in one statement."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, TypedDict

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, JSONObject

from pipeline.comments.selectors.around import open_questions_of
from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.selectors.around import outcomes_of, people_of, records_of
from pipeline.reviews.models import ItemQuerySet, PrivateNote, ReviewItem
from rhythm.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

# What is shown of long lists in review mode; the deal's page has all.
MOST_PEOPLE, MOST_OUTCOMES, MOST_PROMISERS, MOST_QUESTIONS = 6, 3, 40, 2


class Around(TypedDict):
    """What `items_with_deal` adds to an item; lists hold a dict for each record."""

    records: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    people: list[dict[str, Any]]
    mates: list[dict[str, Any]]
    open_questions: list[dict[str, Any]]
    is_editable: bool
    is_owner_led: bool
    was_reviewed: bool
    private_text: str | None
    private_version: int | None
    deal_pulse: int


type ItemWithDeal = WithAnnotations[ReviewItem, Around]


def items_with_deal(viewer: User) -> ItemQuerySet:
    """Return all items with what the deal's own row does not hold, in one statement."""
    editable = Opportunity.objects.editable_by(viewer)
    led = User.objects.led_by(viewer).exclude(pk=viewer.pk)
    note = PrivateNote.objects.visible_to(viewer).filter(item=OuterRef("pk"))
    return _same_for_all().annotate(
        is_editable=Exists(editable.filter(pk=OuterRef("opportunity"))),
        is_owner_led=Exists(led.filter(pk=OuterRef("opportunity__owner"))),
        open_questions=open_questions_of("opportunity", viewer, MOST_QUESTIONS),
        private_text=Subquery(note.values("text")[:1]),
        private_version=Subquery(note.values("version")[:1]),
    )


@cache
def _same_for_all() -> ItemQuerySet:
    """Return the part of the query that is the same for everybody, put together once.

    To build it for each step took longer than the database takes to answer.
    """
    return ReviewItem.objects.select_related(
        "opportunity__account",
        "opportunity__owner",
        "opportunity__stage",
        "opportunity__closed_from",
        "prepared_by",
    ).annotate(
        records=records_of("opportunity"),
        outcomes=outcomes_of("opportunity", MOST_OUTCOMES),
        people=people_of("opportunity", MOST_PEOPLE),
        was_reviewed=Exists(_earlier()),
        mates=ArraySubquery(_mates()[:MOST_PROMISERS]),
        deal_pulse=deal_pulse(),
    )


def deal_pulse() -> CombinedExpression:
    """Return a number for an item that grows with every edit around its deal."""
    of_deal = {"opportunity": OuterRef("opportunity")}
    return (
        F("opportunity__version")
        + _sum_of_versions(MilestoneRecord.objects.filter(**of_deal), "opportunity")
        + _sum_of_versions(CustomerOutcome.objects.filter(**of_deal), "opportunity")
        + _commitments_pulse()
    )


def _mates() -> QuerySet:
    """Return who is in the owner's team."""
    mates = User.objects.active().filter(
        memberships__until=None,
        memberships__team__memberships__until=None,
        memberships__team__memberships__user=OuterRef("opportunity__owner"),
    )
    return mates.order_by("name", "pk").values(json=JSONObject(pk="pk", name="name"))


def _earlier() -> QuerySet:
    return (
        ReviewItem.objects.filter(opportunity=OuterRef("opportunity"))
        .filter(review__meeting__ended_at__lte=OuterRef("compare_since"))
        .exclude(decision="")
    )


def _sum_of_versions(rows: QuerySet, group: str, field: str = "version") -> Coalesce:
    total = rows.order_by().values(group).annotate(total=Sum(field)).values("total")
    return Coalesce(Subquery(total), 0, output_field=IntegerField())


def _commitments_pulse() -> Coalesce:
    through = Opportunity.commitments.through.objects.filter(
        opportunity=OuterRef("opportunity")
    )
    return _sum_of_versions(through, "opportunity", "commitment__version")
