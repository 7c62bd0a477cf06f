"""Every page: no error, no CSP violation, no axe finding, both themes, 390 to 1440."""

import pytest
from django.urls import reverse

from tests.browser.cases import PageCase
from tests.browser.pages import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("case", PAGES, ids=str)
def test_page_is_clean(case: PageCase, page_as, clean, request):
    get = request.getfixturevalue
    person = get(case.person) if case.person else None
    address = reverse(case.name, args=case.args(get)) + case.query
    page = page_as(person)
    answer = page.goto(address)
    assert answer.status == 200, f"{address} answered {answer.status}"
    page.wait_for_load_state("networkidle")
    clean(page)
