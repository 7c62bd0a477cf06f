"""What a browser loads for its first page, compressed, stays within the budget."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

BUDGET = 200 * 1024
WITH_CHARTS = 700 * 1024


def weight_of(page: bytes) -> int:
    """Return the bytes that a browser loads for the page, compressed."""
    names = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page.decode()))
    assert any(name.endswith(".css") for name in names)
    weight = len(gzip.compress(page))
    for name in names | {"icons/sprite.svg"}:
        with open(finders.find(name), "rb") as file:
            weight += len(gzip.compress(file.read()))
    return weight


@pytest.mark.django_db
def test_a_first_page_loads_within_the_budget(client):
    weight = weight_of(client.get(reverse("account_login")).content)
    assert weight <= BUDGET, f"{weight // 1024} KB"


def test_a_page_with_charts_loads_within_its_budget(as_user, lena):
    weight = weight_of(as_user(lena).get(reverse("movement:movement")).content)
    assert BUDGET < weight <= WITH_CHARTS, f"{weight // 1024} KB"
