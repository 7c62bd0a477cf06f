"""The list of agendas, a page at a time."""

from __future__ import annotations

import pytest
from django.urls import reverse

from rhythm.calendar.models import AgendaTemplate
from rhythm.calendar.selectors import agendas as selectors
from tests.factories.meetings import AgendaTemplateFactory

pytestmark = pytest.mark.django_db
LIST = reverse("calendar:agenda_list")


def test_a_long_list_goes_on_from_its_last_row(as_user, ada, monkeypatch):
    monkeypatch.setattr(selectors, "PER_PAGE", 2)
    AgendaTemplate.objects.all().delete()
    for name in ("Cases", "Angles", "Barriers"):
        AgendaTemplateFactory(name=name)
    AgendaTemplateFactory(name="A rest", is_active=False)
    browser = as_user(ada)

    first = browser.get(LIST).context["agendas"]
    second = browser.get(f"{LIST}?after={first.after}").context["agendas"]

    assert [row.name for row in first.rows] == ["Angles", "Barriers"]
    assert [row.name for row in second.rows] == ["Cases"]
    assert [row.name for row in second.resting] == ["A rest"]
    assert second.after is None
