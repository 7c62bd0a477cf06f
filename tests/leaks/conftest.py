"""The company with its canaries, made once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.leaks.canaries import Canaries
from tests.leaks.matrix import Asker
from tests.leaks.organisation import kept_company


@pytest.fixture(scope="module")
def canaries(django_db_setup: None, django_db_blocker: Any) -> Iterator[Canaries]:
    """Return the words of a company that stays until the module has ended."""
    with kept_company(django_db_blocker) as company:
        found = Canaries(company)
        found.write()
        yield found


@pytest.fixture
def asker(canaries: Canaries, settings: Any) -> Iterator[Asker]:
    """Return one who asks. All that is made is undone after the test, as ever."""
    # It asks far more often than a person would.
    settings.ACCOUNT_RATE_LIMITS = False
    settings.RATE_LIMITS = {}
    readers, where = dict(canaries.readers), dict(canaries.where)
    yield Asker(canaries)
    canaries.readers, canaries.where = readers, where
