"""What a person may and finds is asked again under the lock, after the wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.urls import reverse

from pipeline.opportunities import services
from pipeline.opportunities.models import (
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
)
from pipeline.opportunities.selectors.process_impact import answers_to
from pipeline.opportunities.services.process_changes import remove_stage, save_stage
from pipeline.process.models import Stage
from pipeline.process.selectors import stage_draft
from rhythm.web.versions import Conflict
from tests.factories.opportunities import ContactFactory, CustomerOutcomeFactory
from tests.factories.process import MilestoneFactory
from tests.two import while_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def refused(act: Callable[[], object]) -> type[Exception] | None:
    """Return what `act` raises, None if it went through."""
    try:
        act()
    except (Conflict, Http404, PermissionDenied, ValidationError) as error:
        return type(error)
    return None


@pytest.fixture
def outcome(deal: Opportunity) -> CustomerOutcome:
    return CustomerOutcomeFactory(opportunity=deal)


CHANGES = [
    "edit",
    "set_next_step",
    "move",
    "close",
    "assign",
    "record_milestone",
    "add_outcome",
    "edit_outcome",
    "remove_outcome",
    "add_person",
    "new_contact",
    "remove_person",
    "pass_gate",
]


@pytest.mark.parametrize("name", CHANGES)
def test_who_lost_the_deal_while_waiting_changes_nothing(
    name, deal, outcome, discover, propose, rita, otto, now
) -> None:
    contact, milestone = ContactFactory(), MilestoneFactory(stage=discover)
    acts: dict[str, Callable[[], object]] = {
        "edit": lambda: services.edit(
            deal, {"name": "Mine"}, by=rita, shown_version=None
        ),
        "set_next_step": lambda: services.set_next_step(
            deal, text="Mine", on=None, by=rita
        ),
        "move": lambda: services.move(deal, to=propose, by=rita, now=now),
        "close": lambda: services.close(
            deal, outcome="lost", reason="Mine", by=rita, now=now
        ),
        "assign": lambda: services.assign(deal, to=rita, by=rita),
        "record_milestone": lambda: services.record_milestone(
            deal, milestone, is_met=True, by=rita, now=now
        ),
        "add_outcome": lambda: services.add_outcome(deal, {"words": "Mine"}, by=rita),
        "edit_outcome": lambda: services.edit_outcome(
            outcome, {"words": "Mine"}, by=rita, shown_version=None
        ),
        "remove_outcome": lambda: services.remove_outcome(outcome, by=rita),
        "add_person": lambda: services.add_person(deal, contact, by=rita),
        "new_contact": lambda: services.new_contact(deal, "Petra", by=rita),
        "remove_person": lambda: services.remove_person(deal, contact, by=rita),
        "pass_gate": lambda: services.pass_gate(
            deal, to=propose, answers=[], outcome=None, by=rita, now=now
        ),
    }

    def hand_over() -> None:
        Opportunity.objects.filter(pk=deal.pk).update(owner=otto)

    assert while_waiting(hand_over, lambda: refused(acts[name])) is Http404
    fresh = Opportunity.objects.get(pk=deal.pk)
    assert (fresh.owner, fresh.version, fresh.stage) == (otto, 1, discover)


def test_who_still_sees_it_is_told_that_it_may_not_be_changed(
    deal, rita, lena, otto, max_
) -> None:
    # Max leads nobody any more, but sees every deal.
    with pytest.raises(PermissionDenied):
        services.edit(deal, {"name": "Mine"}, by=max_, shown_version=None)
    with pytest.raises(PermissionDenied):
        services.hand_over(rita, lena, by=otto)


def test_the_page_answers_404_when_the_deal_went_away_meanwhile(
    deal, rita, otto, propose
) -> None:
    browser = Client()
    browser.force_login(rita)

    def post() -> int:
        url = reverse("opportunities:opportunity_move", args=[deal.pk])
        return browser.post(url, {"to": propose.pk, "version": 1}).status_code

    def hand_over() -> None:
        Opportunity.objects.filter(pk=deal.pk).update(owner=otto)

    assert while_waiting(hand_over, post) == 404


def answer_of(browser: Client, url: str, values: dict[str, object]) -> Callable:
    return lambda: browser.post(url, values)


def test_a_move_into_a_stage_that_is_being_removed_is_a_conflict(
    deal, rita, propose, now
) -> None:
    browser = Client()
    browser.force_login(rita)
    url = reverse("opportunities:opportunity_move", args=[deal.pk])

    response = while_waiting(
        lambda: remove_stage(propose, to=None, keep_answers=False, now=now),
        answer_of(browser, url, {"to": propose.pk, "version": 1}),
    )

    assert response.status_code == 409
    assert "removed meanwhile" in response.content.decode()
    assert not Stage.objects.filter(pk=propose.pk).exists()


def test_a_deal_leaving_a_stage_that_is_being_removed_comes_along_first(
    deal, rita, discover, propose, negotiate, now
) -> None:
    """Each would wait for the other's row, were the process not first for both."""
    ended = while_waiting(
        lambda: remove_stage(discover, to=propose, keep_answers=False, now=now),
        lambda: refused(lambda: services.move(deal, to=negotiate, by=rita, now=now)),
    )

    deal.refresh_from_db()
    assert ended is None
    assert deal.stage == negotiate


def test_a_stage_waits_for_the_deal_that_comes_into_it(
    deal, rita, propose, now
) -> None:
    ended = while_waiting(
        lambda: services.move(deal, to=propose, by=rita, now=now),
        lambda: refused(
            lambda: remove_stage(propose, to=None, keep_answers=False, now=now)
        ),
    )

    assert ended is ValidationError
    assert Stage.objects.filter(pk=propose.pk).exists()


def test_a_new_deal_in_a_stage_that_is_being_removed_is_refused_in_words(
    rita, propose, now
) -> None:
    ended = while_waiting(
        lambda: remove_stage(propose, to=None, keep_answers=False, now=now),
        lambda: refused(
            lambda: services.create({"name": "New"}, owner=rita, stage=propose, now=now)
        ),
    )

    assert ended is ValidationError
    assert not Opportunity.objects.filter(name="New").exists()


def test_a_milestone_that_is_being_removed_takes_no_record(deal, discover, rita):
    milestone = MilestoneFactory(stage=discover)
    draft = stage_draft(discover, [])
    browser = Client()
    browser.force_login(rita)
    url = reverse("opportunities:milestone_record", args=[deal.pk, milestone.pk])

    response = while_waiting(
        lambda: save_stage(discover, draft, answers={}),
        answer_of(browser, url, {"is_met": "on", "version": 0}),
    )

    assert response.status_code == 409
    assert "removed meanwhile" in response.content.decode()
    assert not MilestoneRecord.objects.exists()
    assert not answers_to({milestone.pk})


def test_a_product_of_a_name_that_was_just_taken_is_refused_in_words(db) -> None:
    ended = while_waiting(
        lambda: services.create_product({"name": "Pump"}),
        lambda: refused(lambda: services.create_product({"name": "Pump"})),
    )
    assert ended is ValidationError


def test_a_product_is_not_renamed_to_what_was_just_taken(db) -> None:
    drive = services.create_product({"name": "Drive"})
    ended = while_waiting(
        lambda: services.create_product({"name": "Pump"}),
        lambda: refused(
            lambda: services.edit_record(drive, {"name": "Pump"}, shown_version=1)
        ),
    )
    assert ended is ValidationError


def test_an_account_made_on_the_way_is_found_by_who_waited(process, rita, now) -> None:
    def make(name: str, account: str) -> Opportunity:
        values = {"name": name}
        return services.create(values, owner=rita, now=now, account_name=account)

    second = while_waiting(lambda: make("One", "Nova"), lambda: make("Two", "NOVA"))

    assert second.account is not None
    assert second.account.opportunities.count() == 2
