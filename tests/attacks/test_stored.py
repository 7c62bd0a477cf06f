"""Every page with payloads in every text: all of it is text on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.reviews.mailing import minutes_drafts
from pipeline.reviews.models import Review
from rhythm.notices.models import Notice
from tests.access import Row
from tests.access.reviews import held
from tests.attacks.filling import Filler, models_of_ours, texts_of
from tests.attacks.markup import injected
from tests.attacks.payloads import MARK, PAYLOADS
from tests.leaks.matrix import ROWS, body
from tests.leaks.organisation import Company, kept_company
from tests.test_access import made, sign_in

pytestmark = pytest.mark.django_db

# Who sees most of a page: its owner or their leader, and the admin.
WHO = {"owner": "rita", "lead": "lena", "admin": "ada"}


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """Lift the rate limits: this asks far more often than a person would."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.RATE_LIMITS = {}


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Company]:
    with kept_company(django_db_blocker) as company:
        yield company


def ask(
    here: Company, person: str, row: Row, url: str, data: Any, *, htmx: bool
) -> HttpResponse:
    browser = Client(headers={"HX-Request": "true"} if htmx else {})
    sign_in(browser, here.people[person])
    response: HttpResponse = getattr(browser, row.method)(url, data)
    return response


def pages() -> list[Row]:
    """Return each row whose answer is a page for somebody."""
    return [
        row
        for row in ROWS
        if row.method == "get" and 200 in {row.expected[each] for each in WHO}
    ]


@pytest.mark.parametrize("row", pages(), ids=str)
def test_what_is_stored_is_text_on_every_page(here: Company, row: Row) -> None:
    world = here.cast()
    url = reverse(row.name, args=made(row.args, world))
    data = made(row.data, world)
    Filler().fill_all()
    for role, person in WHO.items():
        if row.expected[role] != 200:
            continue
        for htmx in (False, True):
            response = ask(here, person, row, url, data, htmx=htmx)
            if "html" in response.headers.get("Content-Type", ""):
                found = injected(body(response))
                assert not found, (str(row), person, found)


def typed(response: Any) -> Iterator[forms.BaseForm]:
    """Yield the forms of an answer."""
    for layer in response.context or ():
        for value in layer.flatten().values() if hasattr(layer, "flatten") else ():
            found = value.values() if isinstance(value, Mapping) else [value]
            for each in found:
                if isinstance(each, forms.BaseForm):
                    yield each


def text_fields(form: type[forms.BaseForm] | forms.BaseForm) -> list[str]:
    fields = getattr(form, "fields", None) or form.base_fields
    return [
        name
        for name, field in fields.items()
        if isinstance(field, forms.CharField) and not field.widget.is_hidden
    ]


def posts() -> list[tuple[Row, str]]:
    """Return each row that somebody may send, and who."""
    found = []
    for row in ROWS:
        allowed = [role for role in WHO if row.expected[role] not in (403, 404)]
        if row.method == "post" and allowed:
            found.append((row, WHO[allowed[0]]))
    return found


@pytest.mark.parametrize(("row", "person"), posts(), ids=str)
def test_what_is_typed_comes_back_as_text(here: Company, row: Row, person: str) -> None:
    world = here.cast()
    url = reverse(row.name, args=made(row.args, world))
    data = dict(made(row.data, world))
    filler = Filler()
    with transaction.atomic():
        shown = Client()
        sign_in(shown, here.people[person])
        names = [
            form.add_prefix(name)
            for form in typed(shown.get(url))
            for name in text_fields(form)
        ]
        transaction.set_rollback(True)
    for times in range(3):
        for htmx in (False, True):
            texts = {name: filler.text(120) for name in names}
            with transaction.atomic():
                # Once wrong in all else too, so that the form comes back.
                given = {**data, **texts} if times else texts
                response = ask(here, person, row, url, given, htmx=htmx)
                found = injected(body(response)) + mails()
                transaction.set_rollback(True)
            assert not found, (str(row), person, found)


def mails() -> list[str]:
    """Return what is wrong with the mails that wait to be sent."""
    found: list[str] = []
    for notice in Notice.objects.get_queryset():
        found += injected(notice.html)
        if "\n" in notice.subject or "\r" in notice.subject:
            found.append("a subject of two lines")
    return found


def test_minutes_are_mailed_as_text(here: Company) -> None:
    (review,) = held(here.cast())
    Filler().fill_all()

    drafts = list(minutes_drafts(Review.objects.get(pk=review), now=timezone.now()))

    assert drafts
    for draft in drafts:
        assert MARK in draft.html
        assert not injected(draft.html)


def test_the_corpus_is_large_and_every_payload_is_marked() -> None:
    assert len(set(PAYLOADS)) >= 120
    assert all(MARK in each for each in PAYLOADS)
    assert sum(bool(texts_of(model)) for model in models_of_ours()) > 15


@pytest.mark.parametrize(
    "page",
    [
        "<p><img zqxss src=x></p>",
        '<a href="javascript:zqxss()">x</a>',
        '<p title="" zqxss onfocus=a>',
        "<script>var a = 'zqxss'</script>",
        '<div hx-vals="zqxss"></div>',
        "<p>14 zqxss</p>",
    ],
)
def test_what_would_be_wrong_is_found(page: str) -> None:
    assert injected(page)


def test_what_is_right_is_not_found() -> None:
    page = (
        '<p title="&lt;img zqxss onerror=x&gt;">&lt;script zqxss&gt;</p>'
        '<input value="&quot; zqxss"><textarea><img zqxss></textarea>'
        '<script type="application/json">"\\u003Cimg zqxss"</script>'
    )
    assert not injected(page.replace("<img zqxss></text", "&lt;img zqxss&gt;</text"))
