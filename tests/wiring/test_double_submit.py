"""Every form that makes something, sent many times at once: it makes one.

All of them are discovered by the names of their addresses, so that a new one cannot
be forgotten here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import get_resolver, reverse

from pipeline.accounts.models import AccountPlan, AccountReviewItem, PlanPerson
from pipeline.activities.models import Activity, ActivityKind
from pipeline.comments.models import Comment, Question
from pipeline.imports.models import ImportRun
from pipeline.opportunities.models import (
    Account,
    Contact,
    CustomerOutcome,
    Opportunity,
    OpportunityContact,
    Product,
    SavedView,
)
from pipeline.process.models import Draft, Process
from pipeline.reviews.models import Review, ReviewItem
from pipeline.runner.models import Block
from rhythm.calendar.models import AgendaTemplate, Cadence, Deputyship, Holiday
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Channel, Notice
from rhythm.people.models import Invitation, Leave, Team, User
from tests.access import World
from tests.access.account_plans import item as account_item
from tests.access.account_plans import running as account_review
from tests.access.away import a_calendar
from tests.access.away import deputy as a_deputy
from tests.access.away import ritas as ritas_leave
from tests.access.cadences import agenda_said
from tests.access.cadences import said as cadence_said
from tests.access.reviews import running
from tests.access.runner import BLOCK
from tests.access.runner import planned as a_planned_run
from tests.access.runner import running as a_running_run
from tests.factories.accounts import PlanFactory
from tests.factories.activities import ActivityKindFactory
from tests.factories.comments import QuestionFactory
from tests.factories.meetings import CadenceFactory
from tests.factories.opportunities import AccountFactory, OpportunityFactory
from tests.factories.process import a_process
from tests.test_access import names, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4
MAKES = re.compile(r"(_create|_add|_start|_invite|_invite_again)$|:log$")


@dataclass(frozen=True)
class Form:
    """A form that makes something: who sends what, and what there is one more of."""

    sender: str
    data: Callable[[World], dict[str, Any]]
    made: tuple[type[Any], ...]
    args: Callable[[World], list[Any]] = lambda world: []


def given(**values: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: values


def deal(world: World) -> Opportunity:
    found = Opportunity.objects.filter(owner=world.rita).first()
    return found or OpportunityFactory(owner=world.rita)


def log(world: World) -> dict[str, Any]:
    kind = ActivityKindFactory()
    return {"kind": kind.pk, "subject": f"deal:{deal(world).pk}", "outcome": "Yes"}


def promise(world: World) -> dict[str, Any]:
    people = {"promiser": world.rita.pk, "receiver": world.lena.pk}
    return {"what": "Send the offer", "due_on": "2030-01-01", **people}


def start(world: World) -> dict[str, Any]:
    team, wanted = f"team-{world.central.pk}", [deal(world).pk]
    asked = {"with": team, "shown": team, "minutes": "45", "then": "now"}
    return asked | {"added": wanted, "talk": wanted}


def invitation(world: World) -> dict[str, Any]:
    return {
        "name": "Nina New",
        "email": "nina@example.com",
        "is_rep": "on",
        "team": world.central.pk,
        "time_zone": "Europe/Berlin",
    }


def one_beat(world: World) -> dict[str, Any]:
    """Start a rhythm of which the team has all but one already."""
    for beat in RHYTHMS["weekly-b2b"].beats[1:]:
        CadenceFactory(team=world.central, kind=beat.kind)
    return {"team": world.central.pk, "first_monday": "2026-11-23"}


def review_deal(world: World) -> list[Any]:
    item = ReviewItem.objects.get(review=running(world)[0])
    return [item.review_id, item.pk]


# What the form chooses by itself.
ON_THE_MAP = {"level": "heads", "attitude": "unknown", "bond": "none"}
FORMS = {
    "accounts:plan_create": Form(
        "rita",
        lambda world: {"owner": world.rita.pk, "goal": "All plants"},
        (AccountPlan,),
        lambda world: [deal(world).account_id],
    ),
    "accounts:part_add": Form(
        "rita",
        given(new_name="Petra", side="it", part="uses", **ON_THE_MAP),
        (PlanPerson, Contact),
        lambda world: [PlanFactory(owner=world.rita).pk, "people"],
    ),
    "accounts:review_add": Form(
        "lena",
        lambda world: {"plan": PlanFactory(owner=world.rita).pk},
        (AccountReviewItem,),
        account_review,
    ),
    "accounts:review_move_add": Form(
        "lena",
        promise,
        (Commitment,),
        account_item,
    ),
    "accounts:move_add": Form(
        "rita",
        promise,
        (Commitment,),
        lambda world: [PlanFactory(owner=world.rita).pk],
    ),
    "activities:kind_create": Form(
        "ada", given(name="Workshop", icon="easel"), (ActivityKind,)
    ),
    "activities:log": Form("rita", log, (Activity,)),
    "calendar:agenda_create": Form("lena", agenda_said, (AgendaTemplate,)),
    "calendar:cadence_create": Form("lena", cadence_said, (Cadence,)),
    "calendar:leave_create": Form("rita", ritas_leave, (Leave,)),
    "calendar:deputy_create": Form("lena", a_deputy, (Deputyship,)),
    "calendar:day_off_add": Form(
        "lena", given(on="2030-12-31", name="Eve"), (Holiday,), a_calendar
    ),
    "calendar:rhythm_start": Form(
        "lena", one_beat, (Cadence,), lambda world: ["weekly-b2b"]
    ),
    "comments:comment_create": Form(
        "max",
        given(text="Why is it late?", asks="on"),
        (Comment, Question, Notice),
        lambda world: [deal(world).pk],
    ),
    "comments:reply_create": Form(
        "rita",
        given(text="They moved it.", answers="on"),
        (Comment, Notice),
        lambda world: [
            QuestionFactory(
                comment__opportunity=deal(world), comment__author=world.max
            ).comment_id
        ],
    ),
    "commitments:commitment_create": Form("rita", promise, (Commitment,)),
    "notices:channel_create": Form(
        "ada",
        given(
            name="#north",
            kind="slack",
            address="https://hooks.example.com/a",
            occasions=["reviews.minutes"],
        ),
        (Channel,),
    ),
    "homes:person_invite": Form("ada", invitation, (User, Invitation, Notice)),
    "homes:person_invite_again": Form(
        "ada", given(), (Invitation, Notice), lambda world: [world.rita.pk]
    ),
    "imports:import_create": Form("ada", given(source="crm"), (ImportRun,)),
    "opportunities:view_create": Form("rita", given(name="Late"), (SavedView,)),
    "opportunities:account_create": Form("rita", given(name="Marlow"), (Account,)),
    "opportunities:contact_create": Form(
        "rita", given(name="Petra"), (Contact,), lambda world: [AccountFactory().pk]
    ),
    "opportunities:opportunity_create": Form(
        "rita",
        lambda world: {
            "name": f"Pumps for {a_process()}",
            "account_q": "Nova",
            "account": "new",
        },
        (Opportunity, Account),
    ),
    "opportunities:outcome_create": Form(
        "rita",
        given(words="Less spoilage"),
        (CustomerOutcome,),
        lambda world: [deal(world).pk],
    ),
    "opportunities:person_add": Form(
        "rita",
        given(contact_q="Petra Voss", contact="new"),
        (Contact, OpportunityContact),
        lambda world: [OpportunityFactory(owner=world.rita, account=None).pk],
    ),
    "opportunities:product_create": Form("ada", given(name="Pump"), (Product,)),
    "people:team_create": Form("ada", given(name="North"), (Team,)),
    "process:process_create": Form(
        "ada", given(name="Renewals", start_from="empty"), (Process,)
    ),
    "process:process_start": Form("ada", given(), ()),
    "process:stage_create": Form(
        "ada", given(name="Pilot"), (Draft,), lambda world: [a_process().pk]
    ),
    "reviews:review_start": Form("lena", start, (Review,)),
    "reviews:review_add": Form(
        "lena",
        lambda world: {"deal": OpportunityFactory(owner=world.rita).pk},
        (ReviewItem,),
        running,
    ),
    "runner:block_add": Form("lena", given(**BLOCK), (Block,), a_planned_run),
    "runner:promise_add": Form("lena", promise, (Commitment,), a_running_run),
    "reviews:review_commitment_add": Form("lena", promise, (Commitment,), review_deal),
}


def test_every_form_that_makes_something_is_in_the_table() -> None:
    found = {each for each in names(get_resolver().url_patterns) if MAKES.search(each)}
    assert found == set(FORMS)


def everything(model: type[Any]) -> QuerySet[Any]:
    return getattr(model, "everything", model._default_manager).all()


@pytest.mark.parametrize("name", sorted(FORMS))
def test_the_same_form_sent_at_once_makes_one(name: str, world: World) -> None:
    form = FORMS[name]
    data = form.data(world) | {"submission_key": str(uuid4())}
    url = reverse(name, args=form.args(world))
    browser = Client()
    browser.force_login(getattr(world, form.sender))
    before = {model: everything(model).count() for model in form.made}
    together = Barrier(AT_ONCE)

    def send(_number: int) -> tuple[int, str]:
        own = Client()
        own.cookies = browser.cookies
        sent = dict(data)
        if name == "imports:import_create":
            rows = b"name,amount\nPumps,5\n"
            sent["uploads"] = SimpleUploadedFile("deals.csv", rows)
        together.wait(timeout=120)
        try:
            response = own.post(url, sent)
            return response.status_code, result(response)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = set(pool.map(send, range(AT_ONCE)))

    assert {status for status, _where in answers} <= {200, 302}, answers
    assert len(answers) == 1, "some were told something else"
    after = {model: everything(model).count() - before[model] for model in form.made}
    assert after == dict.fromkeys(form.made, 1)


def result(response: Any) -> str:
    """Return where the answer leads, or the link that it shows."""
    if response.status_code == 302:
        return str(response["Location"])
    link = re.search(r"/people/invitation/[^/\"]+/", response.content.decode())
    assert link, response.content.decode()
    return link.group()
