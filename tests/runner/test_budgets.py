"""What a room costs those who sit in it: every window asks every few seconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.models import Block, Run
from rhythm.people.models import User
from tests.runner.conftest import NOW

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
A_PULSE, A_SWAP = 4, 8
# With its locks, its history and its savepoints, and then the room anew.
A_CHANGE = 26


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
