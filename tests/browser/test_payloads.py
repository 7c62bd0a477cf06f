"""Every page in a browser, with payloads in every text: nothing runs or appears."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db.models import TextField
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from playwright.sync_api import Dialog, Error, Page

from pipeline.process.models import Process
from rhythm.people.models import User
from tests.access import Row, World
from tests.attacks.filling import Filler
from tests.attacks.payloads import MARK
from tests.attacks.test_stored import WHO, pages
from tests.leaks.organisation import company
from tests.test_access import made

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What came out of a text and is an element, or an attribute that does something.
FOUND = f"""() => [...document.querySelectorAll('*')].filter(each =>
    [...each.attributes].some(({{name, value}}) =>
        name.includes('{MARK}') || name.startsWith('on')
        || (/^(data-)?hx-/.test(name) && value.includes('{MARK}')
            && !value.startsWith('/'))
        || (/^(href|src|action)$/.test(name) && value.includes('{MARK}')
            && /^(javascript|data|vbscript):/i.test(value.trim())))
).map(each => each.outerHTML.slice(0, 200))"""


def rows_of(role: str) -> list[Row]:
    """Return the pages that a person of the role sees and no one of lower rank."""
    roles = list(WHO)
    lower = roles[: roles.index(role)]
    return [
        row
        for row in pages()
        if row.expected[role] == 200
        and not any(row.expected[each] == 200 for each in lower)
    ]


def address(row: Row, world: World) -> str:
    """Make what the page shows and return where it stands."""
    # Each row makes the default process, under the same name.
    Process.objects.filter(is_default=True).update(
        is_default=False, name=Concat("name", Cast("pk", TextField()))
    )
    url = reverse(row.name, args=made(row.args, world))
    return f"{url}?{urlencode(made(row.data, world), doseq=True)}"


def opened(page: Page, url: str) -> bool:
    """Go there and return whether it is a page. What is downloaded is none."""
    try:
        answer = page.goto(url, wait_until="networkidle")
    except Error as error:
        if "Download is starting" not in error.message:
            raise
        return False
    return answer is not None and answer.ok


@pytest.mark.parametrize("role", WHO)
def test_nothing_that_is_written_runs(
    role: str, page_as: Callable[[User], Page]
) -> None:
    there = company()
    world = there.cast()
    page = page_as(there.people[WHO[role]])
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    asked = [address(row, world) for row in rows_of(role)]
    Filler().fill_all()
    shown = 0
    for url in asked:
        shown += opened(page, url)
        assert page.evaluate(FOUND) == [], url
        assert dialogs == [], url
        # A script that the CSP stopped is a text that had become markup all the same.
        assert page.watch.problems == [], url  # type: ignore[attr-defined]

    assert shown > 0.9 * len(asked)
