"""What a room costs those who sit in it: every window asks every few seconds."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.models import Block, Run
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import User
from tests.runner.conftest import NOW

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
A_PULSE, A_SWAP = 4, 8
# With its locks and the two savepoints that are its transaction, then the room anew.
A_CHANGE, A_PROMISE, A_NOTE = 15, 21, 10


@pytest.fixture
def at_case(run: Run, case: Block, deal, promised, lena: User) -> Run:
    services.choose_case(case, deal, by=lena)
    return services.go_to(case, by=lena, now=NOW)


def pulse_of(run: Run, pulse: int) -> str:
    return f"{reverse('runner:room_pulse', args=[run.meeting_id])}?pulse={pulse}"


@pytest.mark.parametrize("who", ["lena", "rita"])
def test_a_window_asks_at_little_cost(
    run, promised, who, as_user, count_queries: Callable[..., int], request
):
    browser = as_user(request.getfixturevalue(who))
    quiet, news = pulse_of(run, run.pulse), pulse_of(run, 0)
    assert count_queries(lambda: browser.get(quiet, headers=HTMX)) <= A_PULSE
    assert count_queries(lambda: browser.get(news, headers=HTMX)) <= A_SWAP


def test_a_window_at_a_case_asks_at_little_cost(
    at_case, lena, as_user, count_queries: Callable[..., int]
):
    browser, news = as_user(lena), pulse_of(at_case, 0)
    assert count_queries(lambda: browser.get(news, headers=HTMX)) <= A_SWAP


def test_a_click_of_the_chair_has_a_budget(
    at_case, lena, as_user, count_queries: Callable[..., int]
):
    browser, first = as_user(lena), at_case.blocks.order_by("position")[0]
    pause = reverse("runner:room_timer", args=[at_case.meeting_id])
    go = reverse("runner:block_go", args=[at_case.meeting_id, first.pk])
    for url, data in ((pause, {"to": "paused"}), (go, {})):
        cost = count_queries(
            lambda url=url, data=data: browser.post(url, data, headers=HTMX)
        )
        assert cost <= A_CHANGE


def test_what_is_said_in_it_has_a_budget(
    at_case, promised, lena, rita, as_user, count_queries: Callable[..., int]
):
    pk, browser = at_case.meeting_id, as_user(lena)
    theirs = as_user(rita)
    kept = reverse("runner:promise", args=[pk, promised.pk, "keep"])
    add = reverse("runner:promise_add", args=[pk])
    note = reverse("runner:block_note", args=[pk, at_case.current_item_id])
    promise = {
        "what": "Call them",
        "promiser": rita.pk,
        "due_on": "2030-01-02",
        "submission_key": uuid4(),
    }
    shown = {"text": "They wait for us.", "version": 1}
    for who, url, data, most in (
        (theirs, kept, {}, A_CHANGE),
        (browser, add, promise, A_PROMISE),
        (browser, note, shown, A_NOTE),
    ):
        cost = count_queries(
            lambda who=who, url=url, data=data: who.post(url, data, headers=HTMX)
        )
        assert cost <= most, url
    assert at_case.blocks.get(pk=at_case.current_item_id).note
    assert at_case.meeting.pk == Commitment.objects.get(what="Call them").made_in_id
    promised.refresh_from_db()
    assert promised.state == CommitmentState.KEPT
