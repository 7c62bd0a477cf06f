"""Who finds no time in a series of 1:1s is named before anybody relies on it."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from tests.factories.meetings import CadenceFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(central, lena, rita, client):
    """Return the page of Lena's 1:1s with four people, 240 minutes each, as told."""
    for name in ("Ana", "Ben", "Cleo"):
        central.memberships.create(user=UserFactory(name=name), since=date(2020, 1, 1))
    client.force_login(lena)

    def show(rule: str, **more: object) -> str:
        cadence = CadenceFactory(
            team=central,
            kind="one_on_one",
            scope="each_rep",
            rule=rule,
            at=time(9),
            minutes=240,
            **more,
        )
        url = reverse("calendar:cadence_edit", args=[cadence.pk])
        return " ".join(client.get(url).text.split())

    return show


def test_who_does_not_fit_before_the_next_one_is_named(page):
    shown = page("FREQ=WEEKLY;BYDAY=MO,TU")

    assert "2 of 4 people do not fit before the next one: Ben and Cleo." in shown


def test_where_all_fit_nothing_is_said(page):
    assert "do not fit" not in page("FREQ=WEEKLY;BYDAY=MO")


def test_it_stands_in_the_preview_of_the_form_too(page, client, central):
    said = {
        "preview": "1",
        "kind": "one_on_one",
        "team": central.pk,
        "reach": "team",
        "scope": "each_rep",
        "repeat": "weekly",
        "weekdays": ["0", "1"],
        "weeks": "1",
        "at": "09:00",
        "minutes": "240",
        "off_days": "next",
        "first_on": (localdate() + timedelta(days=365)).isoformat(),
        "prepare_hours": "24",
        "preread_hours": "2",
        "months": "1",
        "day": "1",
    }

    shown = client.post(
        reverse("calendar:cadence_create"), said, headers={"HX-Request": "true"}
    )

    assert "2 of 4 people do not fit" in shown.text
