"""First pages, movement, commitments and the outbox."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from pipeline.movement import services as nights
from pipeline.opportunities.models import Account
from rhythm.commitments import services
from rhythm.notices.models import NoticeState
from tests.browser import reviews
from tests.browser.cases import PageCase
from tests.browser.pages.opportunities import pipeline
from tests.browser.pages.people import ritas_pk, teams
from tests.factories.meetings import CommitmentFactory, NoticeFactory
from tests.factories.opportunities import (
    AccountFactory,
    OpportunityFactory,
)
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory


def promises(get: Callable[[str], Any]) -> list[Any]:
    """Make what Rita promised Lena: late, due, later, with a request, and kept."""
    rita, lena = get("rita"), get("lena")
    now = timezone.now()
    today = rita.today(now)
    for days in (-3, 0, 6):
        CommitmentFactory(
            promiser=rita,
            receiver=lena,
            due_on=today + timedelta(days=days),
            about="Brennecke Logistics",
            about_url="/pipeline/1/",
        )
    CommitmentFactory(promiser=lena, receiver=rita)
    CommitmentFactory(promiser=rita, receiver=lena, state="kept", kept_on=today)
    asked = CommitmentFactory(promiser=lena, receiver=rita)
    later = today + timedelta(days=20)
    services.ask_new_date(asked, later, "They are ill", by=lena, now=now)
    return []


def promise(get: Callable[[str], Any]) -> list[Any]:
    """Return a commitment of Rita's to Lena, with a request for a new date."""
    rita, now = get("rita"), timezone.now()
    made = CommitmentFactory(promiser=rita, receiver=get("lena"))
    later = rita.today(now) + timedelta(days=20)
    services.ask_new_date(made, later, "They are ill", by=rita, now=now)
    return [made.pk]


def mails(get: Callable[[str], Any]) -> list[Any]:
    """Post a mail of every state."""
    for state in set(NoticeState.values) - {NoticeState.SENDING}:
        NoticeFactory(recipient=get("rita"), state=state, subject=f"Mail {state}")
    return []


def ticking(get: Callable[[str], Any]) -> list[Any]:
    """Let the clock tick, with a part that failed."""
    TickFactory(finished_at=timezone.now(), failed=["rhythm.notices.tasks.tick"])
    return []


def mail(get: Callable[[str], Any]) -> list[Any]:
    found = NoticeFactory(recipient=get("rita"), state="failed", error="550 Nobody")
    return [found.pk]


def somebody_imported(get: Callable[[str], Any]) -> list[Any]:
    get("ada")
    return [UserFactory(name="R. Sol", email=None).pk]


def alike(get: Callable[[str], Any]) -> list[Any]:
    """Make accounts that look alike, one of them with a deal of Rita's."""
    one = AccountFactory(name="Hartwell GmbH", industry="Pumps", location="Kiel")
    AccountFactory(name="Hartwell", website="https://hartwell.example")
    AccountFactory(name="Hart & Well", website="https://www.hartwell.example/about")
    OpportunityFactory(owner=get("rita"), account=one)
    return ["accounts"]


def an_alike(get: Callable[[str], Any]) -> list[Any]:
    alike(get)
    return ["accounts", Account.objects.get(name="Hartwell").pk]


def both_alike(get: Callable[[str], Any]) -> list[Any]:
    alike(get)
    names = ("Hartwell GmbH", "Hartwell")
    return ["accounts", *(Account.objects.get(name=each).pk for each in names)]


def a_week(get: Callable[[str], Any]) -> list[Any]:
    """Make Rita's week: promises, deals of every sort, reviews."""
    promises(get)
    pipeline(get)
    reviews.listed(get)
    return []


def moved(get: Callable[[str], Any]) -> list[Any]:
    """Make a pipeline in which a deal grew, and summarise its nights."""
    pipeline(get)
    now = timezone.now()
    nights.plan(now=now + timedelta(days=1))
    while nights.summarise():
        pass
    return []


PAGES = [
    PageCase("commitments:commitment_list", "rita", promises),
    PageCase("commitments:commitment_list", "lena", promises, "?view=team"),
    PageCase("commitments:commitment_list", "otto", query="?view=done"),
    PageCase("commitments:commitment_create", "rita"),
    PageCase("commitments:commitment_detail", "lena", promise),
    PageCase("commitments:new_date", "rita", promise),
    PageCase("commitments:drop", "lena", promise),
    PageCase("homes:second_factor_reset", "ada", ritas_pk),
    PageCase("homes:week", "rita"),
    PageCase("homes:week", "rita", a_week),
    PageCase("homes:team_week", "lena", lambda get: get("central") and []),
    PageCase("homes:team_week", "lena", lambda get: get("central") and a_week(get)),
    PageCase("homes:scorecard", "max_"),
    PageCase("homes:scorecard", "max_", lambda get: get("central") and a_week(get)),
    PageCase("homes:search", "rita"),
    PageCase("homes:search", "lena", pipeline, "?q=cold"),
    PageCase("homes:search", "lena", pipeline, "?q=WWW"),
    PageCase("homes:setup", "ada", teams),
    PageCase("homes:health", "ada", mails),
    PageCase("homes:health", "ada", ticking),
    PageCase("homes:organisation_edit", "ada"),
    PageCase("homes:person_invite", "ada", teams),
    PageCase("homes:person_invite_again", "ada", ritas_pk),
    PageCase("homes:person_deactivate", "ada", ritas_pk),
    PageCase("notices:notice_list", "ada", mails),
    PageCase("notices:notice_detail", "ada", mail),
    PageCase("homes:person_merge", "ada", somebody_imported),
    PageCase("homes:duplicate_list", "lena", alike),
    PageCase("homes:duplicate_list", "rita", lambda get: ["contacts"]),
    PageCase("homes:duplicate_find", "lena", an_alike, "?q=hart"),
    PageCase("homes:record_merge", "lena", both_alike),
    PageCase("movement:movement", "rita"),
    PageCase("movement:movement", "lena", moved, "?when=28"),
    PageCase("movement:movement_deals", "max_", moved, "?when=28&bar=grew"),
]
