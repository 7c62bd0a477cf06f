"""Addresses of rows are those that Django gives."""

import pytest
from django.urls import NoReverseMatch, reverse

from rhythm.web.addresses import address


@pytest.mark.parametrize("pk", [1, 42, 7_777_777_777, 9_000_000_000])
@pytest.mark.parametrize(
    "name", ["opportunities:opportunity_detail", "opportunities:opportunity_move"]
)
def test_an_address_is_the_one_that_django_gives(name: str, pk: int) -> None:
    assert address(name, pk) == reverse(name, args=[pk])


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(NoReverseMatch):
        address("opportunities:nothing", 1)
