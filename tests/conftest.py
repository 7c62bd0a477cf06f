"""What every test may use. Each app's cast and factories are beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings

from tests.cast import (
    ada,
    central,
    dora,
    lena,
    max_,
    omar,
    organisation,
    otto,
    rita,
    sales,
    vera,
    west,
)

# How fast a machine is says nothing about what is right.
settings.register_profile(
    "any_machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any_machine")

# The cast are fixtures of every test.
__all__ = [
    "ada",
    "central",
    "dora",
    "lena",
    "max_",
    "omar",
    "organisation",
    "otto",
    "rita",
    "sales",
    "vera",
    "west",
]

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """Return the browser for the browser tests: CHROMIUM, or one on the PATH."""
    found = filter(None, map(shutil.which, CHROMIUMS))
    return os.environ.get("CHROMIUM") or next(found, None)


def find_sample_data() -> Path | None:
    """Return the folder of real export files, named by RHYTHM_SAMPLE_DATA."""
    folder = Path(os.environ.get("RHYTHM_SAMPLE_DATA") or "/nonexistent")
    return folder if folder.is_dir() else None


MISSING = {
    "browser": (
        "no Chromium was found, so the BROWSER TESTS DID NOT RUN. "
        "Install chromium, or name one in CHROMIUM."
    ),
    "sample_data": (
        "RHYTHM_SAMPLE_DATA names no folder, so the tests on REAL EXPORT FILES "
        "DID NOT RUN."
    ),
}


def missing() -> dict[str, str]:
    """Return the markers of tests that cannot run here, and why."""
    found = {"browser": find_chromium(), "sample_data": find_sample_data()}
    return {marker: MISSING[marker] for marker, what in found.items() if not what}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run on this machine."""
    for marker, why in missing().items():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=why))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what did not run."""
    for why in missing().values():
        terminalreporter.write_sep("!", "NOTE", red=True, bold=True)
        terminalreporter.write_line(f"NOTE: {why}", red=True, bold=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let a flush make no permissions anew: nothing here asks for them."""
    uid = "django.contrib.auth.management.create_permissions"
    assert post_migrate.disconnect(dispatch_uid=uid)


@pytest.fixture
def count_queries() -> Callable[[Callable[[], object]], int]:
    """Return a function that counts the queries of what it is given to call."""

    def count(act: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            act()
        return len(queries)

    return count


@pytest.fixture
def as_user(db: None) -> Callable[..., Client]:
    """Return a function that gives a browser in which the given person is signed in."""

    def sign_in(person: object, **options: object) -> Client:
        browser = Client(**options)  # type: ignore[arg-type]
        browser.force_login(person)  # type: ignore[arg-type]
        return browser

    return sign_in


@pytest.fixture
def sample_data() -> Path:
    """Return the folder of real export files. Needs the marker `sample_data`."""
    folder = find_sample_data()
    assert folder is not None, "mark the test with sample_data"
    return folder
