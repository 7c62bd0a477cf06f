"""Pages that say no, or that something broke, are clean too."""

import pytest
from django.template.loader import get_template

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_missing_page_is_clean(page_as, clean, rita):
    page = page_as(rita)
    assert page.goto("/no/such/page/").status == 404
    clean(page)


@pytest.mark.parametrize("code", ["500", "503"])
def test_a_broken_page_is_clean(page_as, clean, code):
    page = page_as(None)
    page.route(
        "**/broken/",
        lambda route: route.fulfill(
            status=int(code),
            content_type="text/html",
            body=get_template(f"{code}.html").render(),
        ),
    )
    page.goto("/broken/")
    clean(page)
