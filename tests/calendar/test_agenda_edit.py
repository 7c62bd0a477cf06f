"""The screens of agendas: blocks in order, no status, and what a cadence uses."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from rhythm.calendar.models import AgendaBlock, AgendaTemplate, Cadence
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.calendar.services.rhythms import start_rhythm
from tests.factories.meetings import (
    AgendaBlockFactory,
    AgendaTemplateFactory,
    CadenceFactory,
)

pytestmark = pytest.mark.django_db
NEW = reverse("calendar:agenda_create")
HTMX = {"HX-Request": "true"}


def said(*blocks, **more):
    """Return what the form sends: a block is its kind, title and minutes."""
    data = {"name": "Monday start", "kind": "team_meeting", "version": 1}
    data |= {"b-TOTAL_FORMS": len(blocks), "b-INITIAL_FORMS": 0}
    for number, (kind, title, minutes) in enumerate(blocks):
        row = {"kind": kind, "title": title, "minutes": minutes, "how": f"how {number}"}
        data |= {f"b-{number}-{name}": value for name, value in row.items()}
    return data | more


CASE = ("difficult_case", "", 15)
PLAY = ("role_play", "Play the CFO", 10)
STATUS = ("other", "Status of everybody", 20)


@pytest.fixture
def agenda(central) -> AgendaTemplate:
    made = AgendaTemplateFactory(team=central, kind="team_meeting")
    AgendaBlockFactory(template=made, position=0, minutes=15)
    AgendaBlockFactory(template=made, position=1, kind="role_play", minutes=10)
    return made


def kinds(agenda) -> list[str]:
    blocks = AgendaBlock.objects.filter(template=agenda)
    return list(blocks.order_by("position").values_list("kind", flat=True))


def test_a_manager_makes_an_agenda_of_blocks_in_their_order(lena, central, as_user):
    answer = as_user(lena).post(NEW, said(PLAY, CASE, team=central.pk))

    assert answer.status_code == 302
    made = AgendaTemplate.objects.get()
    assert (made.name, made.team, made.created_by) == ("Monday start", central, lena)
    assert kinds(made) == ["role_play", "difficult_case"]


def test_status_is_refused_beside_its_field_and_nothing_typed_is_lost(
    lena, central, as_user
):
    answer = as_user(lena).post(NEW, said(CASE, STATUS, team=central.pk))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Status has no block" in page
    assert reverse("calendar:preread_about") in page.split("Status has no block")[1]
    for typed in ("Monday start", "Status of everybody", "how 0", "how 1"):
        assert typed in page
    assert not AgendaTemplate.objects.exists()


def test_the_service_refuses_status_too(lena, central):
    from django.core.exceptions import ValidationError

    from rhythm.calendar.services.agendas import make_agenda

    block = {"kind": "other", "title": "Statusrunde", "minutes": 5, "how": ""}
    values = {"name": "Sneaky", "kind": "", "team": central}
    with pytest.raises(ValidationError):
        make_agenda(values, [block], by=lena)


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("up-1", ["Play the CFO", "Second"]),
        ("down-0", ["Play the CFO", "Second"]),
        ("remove-0", ["Play the CFO"]),
        ("up-0", ["Second", "Play the CFO"]),
        ("down-9", ["Second", "Play the CFO"]),
        ("remove--1", ["Second", "Play the CFO"]),
    ],
)
def test_blocks_move_without_javascript_and_nothing_is_saved(
    lena, central, as_user, do, order
):
    first = ("difficult_case", "Second", 15)
    answer = as_user(lena).post(NEW, said(first, PLAY, team=central.pk, do=do))

    page = answer.content.decode()
    assert answer.status_code == 200
    found = sorted(
        (page.index(f'value="{title}"'), title)
        for title in ("Second", "Play the CFO")
        if f'value="{title}"' in page
    )
    assert [title for _place, title in found] == order
    assert 'value="Monday start"' in page
    assert not AgendaTemplate.objects.exists()


def test_a_block_is_added_empty(lena, central, as_user):
    answer = as_user(lena).post(
        NEW, said(CASE, team=central.pk, do="add"), headers=HTMX
    )

    page = answer.content.decode()
    assert 'name="b-1-title"' in page
    assert "25 min in all" in page
    assert "<html" not in page


def test_what_is_no_number_adds_nothing_up(lena, central, as_user):
    odd = ("other", "Odd", "many")
    answer = as_user(lena).post(
        NEW, said(CASE, odd, team=central.pk, do="total"), headers=HTMX
    )

    assert "15 min in all" in answer.content.decode()


def test_an_edit_replaces_the_blocks_and_says_who(lena, central, agenda, as_user):
    url = reverse("calendar:agenda_edit", args=[agenda.pk])
    answer = as_user(lena).post(url, said(PLAY, CASE, team=central.pk))

    agenda.refresh_from_db()
    assert answer.status_code == 302
    assert (agenda.name, agenda.version) == ("Monday start", 2)
    assert kinds(agenda) == ["role_play", "difficult_case"]


def test_of_two_who_edit_the_later_is_told(lena, central, agenda, as_user):
    url = reverse("calendar:agenda_edit", args=[agenda.pk])
    as_user(lena).post(url, said(PLAY, team=central.pk))

    mine = said(CASE, team=central.pk, name="Mine")
    answer = as_user(lena).post(url, mine)

    assert answer.status_code == 409
    assert "Mine" in answer.content.decode()
    assert kinds(agenda) == ["role_play"]


def test_not_for_a_team_that_one_does_not_lead(lena, central, west, as_user):
    answer = as_user(lena).post(NEW, said(CASE, team=west.pk))

    assert answer.status_code == 422
    assert not AgendaTemplate.objects.exists()


@pytest.mark.parametrize("blocks", [(), (("other", "x", 0),), (("none", "x", 5),)])
def test_an_agenda_needs_blocks_that_take_time(lena, central, as_user, blocks):
    assert as_user(lena).post(NEW, said(*blocks, team=central.pk)).status_code == 422
    assert not AgendaTemplate.objects.exists()


def test_a_kind_that_cadences_use_it_for_stays(lena, central, agenda, as_user):
    CadenceFactory(team=central, kind="team_meeting", agenda=agenda)
    url = reverse("calendar:agenda_edit", args=[agenda.pk])

    answer = as_user(lena).post(url, said(CASE, team=central.pk, kind="huddle"))

    assert answer.status_code == 422
    assert "Cadences of another kind use it." in answer.content.decode()


def test_one_that_is_switched_off_is_not_offered(lena, agenda, as_user):
    url = reverse("calendar:agenda_switch", args=[agenda.pk])
    as_user(lena).post(url, {"version": 1})

    agenda.refresh_from_db()
    assert not agenda.is_active
    as_user(lena).post(url, {"version": 2, "to": "on"})
    agenda.refresh_from_db()
    assert agenda.is_active


def test_the_list_says_what_does_not_fit(lena, central, agenda, as_user):
    CadenceFactory(team=central, kind="team_meeting", agenda=agenda, minutes=20)

    page = as_user(lena).get(reverse("calendar:agenda_list")).content.decode()

    assert "25 min in all" in page
    assert "5 min too long" in page


def test_queries_do_not_grow_with_the_list(lena, central, as_user, count_queries):
    browser, url = as_user(lena), reverse("calendar:agenda_list")
    AgendaBlockFactory(template=AgendaTemplateFactory(team=central))
    few = count_queries(lambda: browser.get(url))

    for _each in range(10):
        made = AgendaTemplateFactory(team=central)
        AgendaBlockFactory(template=made)
        CadenceFactory(team=central, kind="huddle", agenda=made)
    many = count_queries(lambda: browser.get(url))

    assert many == few


# -- in a cadence -------------------------------------------------------------------
def cadence_said(central, **more):
    return {
        "kind": "team_meeting",
        "team": central.pk,
        "reach": "team",
        "scope": "team",
        "repeat": "weekly",
        "weekdays": ["1"],
        "weeks": "1",
        "at": "09:00",
        "minutes": "20",
        "off_days": "next",
        "first_on": "2026-01-01",
        "prepare_hours": "24",
        "preread_hours": "2",
    } | more


def test_a_cadence_uses_an_agenda_of_its_kind(lena, central, agenda, as_user):
    url = reverse("calendar:cadence_create")
    as_user(lena).post(url, cadence_said(central, agenda=agenda.pk))

    assert Cadence.objects.get().agenda == agenda


@pytest.mark.parametrize("kind", ["huddle", "pipeline_review"])
def test_and_none_of_another_kind(lena, central, agenda, as_user, kind):
    url = reverse("calendar:cadence_create")
    data = cadence_said(central, agenda=agenda.pk, kind=kind)

    answer = as_user(lena).post(url, data)

    assert answer.status_code == 422
    assert "A meeting of this kind cannot use it." in answer.content.decode()


def test_nor_one_of_a_team_that_one_does_not_see(lena, central, west, as_user):
    theirs = AgendaTemplateFactory(team=west, kind="team_meeting", name="Westward")
    url = reverse("calendar:cadence_create")

    answer = as_user(lena).post(url, cadence_said(central, agenda=theirs.pk))

    assert answer.status_code == 422
    assert "Westward" not in answer.content.decode()


def test_the_preview_shows_what_it_goes_through(lena, central, agenda, as_user):
    url = reverse("calendar:cadence_create")
    data = cadence_said(central, preview="1")

    own = as_user(lena).post(url, data, headers=HTMX).content.decode()
    chosen = as_user(lena).post(url, data | {"agenda": agenda.pk}, headers=HTMX)

    assert "Best practice" in own
    assert "20 of 20 min" in own
    assert "too long" not in own
    assert "5 min too long" in chosen.content.decode()
    assert "Role play" in chosen.content.decode()


def test_a_rhythm_brings_the_agenda_of_its_team_meeting(ada):
    start = {"team": None, "first_monday": date(2026, 11, 23), "time_zone": ""}
    key = uuid4()

    for _time in range(2):
        start_rhythm(RHYTHMS["weekly-b2b"], **start, by=ada, submission_key=key)

    cadence = Cadence.objects.get(kind="team_meeting")
    assert cadence.agenda == AgendaTemplate.objects.get()
    blocks = AgendaBlock.objects.filter(template=cadence.agenda)
    assert sum(each.minutes for each in blocks) == cadence.minutes


def test_a_block_that_says_what_an_empty_one_says_is_one(lena, central, as_user):
    answer = as_user(lena).post(
        NEW, said(("other", "", 10), team=central.pk) | {"b-0-how": ""}
    )

    assert answer.status_code == 302
    assert kinds(AgendaTemplate.objects.get()) == ["other"]
