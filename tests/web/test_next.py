"""Where a form may send people afterwards: to pages of ours."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from rhythm.web.http import safe_next
from tests.people.test_sign_in import EVIL

WORDS = [
    "-1",
    "٣",
    "None",
    "opportunities:board",
    "http:",
    "../people/",
    "?page=2",
    "#top",
    "http://testserver/pipeline/",
    "x" * 10_000,
]


@pytest.mark.parametrize("where", [*EVIL, *WORDS])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_no_path_of_ours_leads_to_the_usual_page(method, where):
    request = getattr(RequestFactory(), method)("/", {"next": where})

    assert safe_next(request, "/usual/") == "/usual/"


def test_a_path_of_ours_is_where_it_leads():
    request = RequestFactory().post("/", {"next": "/pipeline/table/?sort=-amount"})

    assert safe_next(request, "/usual/") == "/pipeline/table/?sort=-amount"
