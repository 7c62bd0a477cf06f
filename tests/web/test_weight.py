"""What a browser loads for its first page, compressed, stays within the budget."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

BUDGET = 200 * 1024


@pytest.mark.django_db
def test_a_first_page_loads_within_the_budget(client):
    page = client.get(reverse("account_login")).content
    names = set(re.findall(r'(?:src|href)="/static/([^"#]+)', page.decode()))
    assert any(name.endswith(".css") for name in names)
    weight = len(gzip.compress(page))
    for name in names | {"icons/sprite.svg"}:
        with open(finders.find(name), "rb") as file:
            weight += len(gzip.compress(file.read()))
    assert weight <= BUDGET, f"{weight // 1024} KB"
