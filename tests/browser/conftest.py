"""A Chromium, and pages in it that are signed in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from rhythm.people.models import User
from tests.browser.harness import WIDE, Watch, assert_clean
from tests.conftest import find_chromium

# Playwright's event loop runs in this thread; Django would take it for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# In milliseconds. A machine with two busy cores is slow, and not wrong.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


def let_answers_end() -> None:
    """Wait for what the live server still answers: it would stand in the flush's way.

    A page that is closed asks nothing more, but an answer under way holds its locks.
    """
    for thread in threading.enumerate():
        if thread.name.endswith("(process_request_thread)"):
            thread.join(PATIENCE / 1000)
            assert not thread.is_alive(), "the live server still answers"


@pytest.fixture
def open_context(
    chromium: Browser, live_server: LiveServer
) -> Iterator[Callable[..., BrowserContext]]:
    """Return a function that gives a browser of its own for a person, signed in.

    What it is given beside the person are Playwright's options of a browser.
    """
    opened: list[BrowserContext] = []

    def open_one(person: User | None, **options: Any) -> BrowserContext:
        context = chromium.new_context(
            base_url=live_server.url, viewport=WIDE, reduced_motion="reduce", **options
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        if person is not None:
            client = Client()
            client.force_login(person)
            name = settings.SESSION_COOKIE_NAME
            value = client.cookies[name].value
            context.add_cookies(
                [{"name": name, "value": value, "url": live_server.url}]
            )
        return context

    yield open_one
    for context in opened:
        context.close()
    let_answers_end()


@pytest.fixture
def page_as(
    open_context: Callable[..., BrowserContext],
) -> Callable[[User | None], Page]:
    """Return a function that gives a page in a browser of its own for a person.

    `page.watch` collects errors; the fixture `clean` asserts that there are none.
    """

    def open_page(person: User | None) -> Page:
        page = open_context(person).new_page()
        page.watch = Watch(page)  # type: ignore[attr-defined]
        return page

    return open_page


@pytest.fixture
def clean() -> Callable[[Page], None]:
    """Return the check of a page: errors, CSP, axe in both themes, no side scroll."""

    def check(page: Page) -> None:
        assert_clean(page, page.watch)  # type: ignore[attr-defined]

    return check
