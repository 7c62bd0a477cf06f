"""A page costs at most so many queries, whoever asks, the session among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.browser.cases import PageCase
from tests.browser.pages import PAGES

pytestmark = pytest.mark.django_db

A_PAGE, A_SWAP = 12, 8
HTMX = {"HX-Request": "true"}
# What needs more than that as a part: htmx swaps all that the page says. Not to grow.
DEARER = {
    "reviews:review_start": 12,
}


def cost(browser: Client, address: str, headers: dict[str, str]) -> tuple[int, bool]:
    """Return how many queries an address costs, and whether it is a whole page."""
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address, headers=headers)
    assert response.status_code < 400
    # Savepoints are the tests' own: a transaction stands around each.
    asked = [
        each
        for each in queries.captured_queries
        if "SAVEPOINT" not in each["sql"].split(maxsplit=2)[:2]
    ]
    return len(asked), "<html" in response.text


@pytest.mark.parametrize("case", PAGES, ids=str)
def test_a_page_and_its_part_stay_within_their_budget(
    case: PageCase, as_user: Callable[..., Client], organisation: Any, request: Any
) -> None:
    get = request.getfixturevalue
    browser = as_user(get(case.person)) if case.person else Client()
    address = reverse(case.name, args=case.args(get)) + case.query
    for headers in ({}, HTMX):
        count, is_whole = cost(browser, address, headers)
        budget = A_PAGE if is_whole else A_SWAP
        assert count <= max(budget, DEARER.get(case.name, 0)), case
