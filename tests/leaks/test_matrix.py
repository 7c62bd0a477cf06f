"""Every URL as every person: nobody reads or changes what is not for them."""

from __future__ import annotations

import pytest

from tests.access import Row
from tests.leaks.canaries import Canaries, texts_without_a_rule
from tests.leaks.matrix import CELLS, Asker
from tests.leaks.organisation import SEE_ALL, watchers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("row", "relation"), CELLS, ids=[f"{row} of {whose}" for row, whose in CELLS]
)
def test_nobody_gets_what_is_not_for_them(
    asker: Asker, row: Row, relation: str
) -> None:
    problems = list(asker.problems(row, relation))

    assert not problems, "\n".join(problems)


def test_every_text_has_a_rule() -> None:
    missing = texts_without_a_rule()

    assert not missing, f"Say in canaries.py who may read these: {missing}"


def test_the_books_of_the_company_are_as_they_should_be(canaries: Canaries) -> None:
    """The oracle itself, spelled out once."""
    assert watchers("rita") == {"rita", "lena", "vera"} | SEE_ALL
    assert watchers("otto") == {"otto", "omar", "vera"} | SEE_ALL
    # Mia's new leader sees her work, the one before does not any more.
    assert watchers("mia") == {"mia", "lena", "vera"} | SEE_ALL
    assert watchers("dora") == {"lena", "vera"} | SEE_ALL
    assert watchers("lena") == {"lena", "vera"} | SEE_ALL
    notes = {
        readers
        for word, readers in canaries.readers.items()
        if canaries.where[word].startswith(("reviews.PrivateNote", "accounts.PlanNote"))
    }
    # Each is for its author alone, whoever else leads, administers or directs.
    assert notes
    assert all(len(readers) == 1 for readers in notes)
