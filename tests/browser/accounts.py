"""An account plan with something to see in every part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from pipeline.accounts import services
from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    PlanDecision,
    PlanPerson,
)
from pipeline.opportunities.models import Product
from rhythm.calendar.models import MeetingKind
from tests.factories.accounts import (
    FieldCellFactory,
    PlanAreaFactory,
    PlanFactory,
    PlanOutcomeFactory,
    PlanPersonFactory,
    PlanRiskFactory,
)
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    CustomerOutcomeFactory,
    OpportunityFactory,
    ProductFactory,
)

type Get = Callable[[str], Any]


def a_product(name: str) -> Product:
    found = Product.objects.filter(name=name).first()
    return found or ProductFactory(name=name)


def make_plan(get: Get, account: str = "Brennecke Logistics") -> AccountPlan:
    """Return a plan of Rita's with people, outcomes, areas, risks and moves."""
    rita, lena = get("rita"), get("lena")
    plan: AccountPlan = PlanFactory(
        owner=rita,
        account=AccountFactory(name=account, industry="Logistics"),
        goal="Every depot by the end of next year.\nThe trucks after that.",
        why="One audit for all depots instead of fourteen.",
    )
    anke = PlanPersonFactory(
        plan=plan,
        contact=ContactFactory(
            name="Dr. Anke Thiele", title="CFO", account=plan.account
        ),
        level="top",
        part="sponsor",
        attitude="champion",
        bond="good",
        known_by=rita,
        note="No write-off may surprise her again",
    )
    PlanPersonFactory(
        plan=plan,
        contact=ContactFactory(name="Petra Voss", title="IT", account=plan.account),
        side="it",
        part="guards",
        attitude="against",
        reports_to=anke,
    )
    PlanOutcomeFactory(plan=plan, confirmed_by=anke.contact)
    north = PlanAreaFactory(plan=plan, name="Depots north")
    pump, gate = a_product("Gate sensor"), a_product("Cold chain")
    FieldCellFactory(plan=plan, area=north, product=pump)
    deal = OpportunityFactory(owner=rita, account=plan.account, name="Phase 2")
    CustomerOutcomeFactory(opportunity=deal, words="Write-offs below one percent")
    FieldCellFactory(
        plan=plan, area=None, product=gate, state="deal", opportunity=deal, note=""
    )
    PlanRiskFactory(plan=plan, severity="high", who=rita)
    PlanRiskFactory(plan=plan, closed_on=date(2026, 2, 1), ending="They stayed")
    today = timezone.now().date()
    for due, state in ((3, "open"), (-2, "open"), (-4, "kept")):
        plan.commitments.add(
            CommitmentFactory(
                promiser=rita,
                receiver=lena,
                due_on=today + timedelta(days=due),
                state=state,
                kept_on=today if state == "kept" else None,
            )
        )
    return plan


def plan(get: Get) -> list[Any]:
    return [make_plan(get).pk]


def listed(get: Get) -> list[Any]:
    make_plan(get)
    make_plan(get, "Castellan Pharma")
    return []


def unplanned(get: Get) -> list[Any]:
    return [OpportunityFactory(owner=get("rita")).account_id]


def part(kind: str) -> Callable[[Get], list[Any]]:
    return lambda get: [make_plan(get).pk, kind]


def person(get: Get) -> list[Any]:
    return ["people", PlanPerson.objects.filter(plan=make_plan(get))[0].pk]


def cell(get: Get) -> list[Any]:
    plan = make_plan(get)
    return [plan.pk, 0, ProductFactory().pk]


def begin(get: Get, *, is_running: bool = True) -> AccountReview:
    """Return an account review of Lena's team: two plans, changes on the first."""
    first = make_plan(get)
    make_plan(get, "Castellan Pharma")
    lena, now = get("lena"), timezone.now()
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=get("central"), chair=lena, starts_at=now
    )
    AccountPlan.objects.update(created_at=now - timedelta(days=90))
    review = services.prepare(meeting, now=now)
    services.edit_plan(first, {"goal": "Two more depots"}, by=lena, shown_version=None)
    return services.begin(review, by=lena, now=now) if is_running else review


def running(get: Get) -> list[Any]:
    return [begin(get).pk]


def ahead(get: Get) -> list[Any]:
    return [begin(get, is_running=False).pk]


def item(get: Get) -> list[Any]:
    review = begin(get)
    return [review.pk, review.current_item_id]


def held(get: Get) -> list[Any]:
    """Finish a review: one plan is on track, the other was skipped."""
    review, lena, now = begin(get), get("lena"), timezone.now()
    first, second = review.items.order_by("position")
    services.write_note(first, "They fear IT.", by=lena, shown_version=None)
    services.promise(
        first,
        "Meet their IT",
        promiser=get("rita"),
        due_on=lena.today(now) + timedelta(days=7),
        by=lena,
        now=now,
    )
    services.decide(first, PlanDecision.NEW_MOVE, by=lena, now=now)
    services.skip(second, "Out of time", by=lena, now=now)
    services.finish(review, by=lena, now=now)
    return [review.pk]


def meeting(get: Get) -> list[Any]:
    return [begin(get, is_running=False).meeting_id]
