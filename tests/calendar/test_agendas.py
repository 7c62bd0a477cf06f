"""Agendas: who sees and changes them, what they begin with, and no status on them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from rhythm.calendar.agendas import INSTEAD, blocks_for
from rhythm.calendar.models import AgendaTemplate, BlockKind, MeetingKind
from rhythm.calendar.models.agendas import validate_no_status
from rhythm.calendar.selectors.agendas import agenda_words
from rhythm.calendar.services.agendas import check_agenda
from tests.factories.meetings import (
    AgendaBlockFactory,
    AgendaTemplateFactory,
    CadenceFactory,
)

pytestmark = pytest.mark.django_db


def test_everybody_sees_the_organisations_agendas(rita, otto):
    agenda = AgendaTemplateFactory()

    assert agenda in AgendaTemplate.objects.visible_to(rita)
    assert agenda in AgendaTemplate.objects.visible_to(otto)


def test_a_teams_agenda_is_seen_in_it_and_above_and_nowhere_else(
    central, rita, lena, otto
):
    agenda = AgendaTemplateFactory(team=central)

    assert agenda in AgendaTemplate.objects.visible_to(rita)
    assert agenda in AgendaTemplate.objects.visible_to(lena)
    assert agenda not in AgendaTemplate.objects.visible_to(otto)


def test_who_leads_the_team_changes_its_agendas_and_not_the_organisations(
    central, rita, lena, ada
):
    own, general = AgendaTemplateFactory(team=central), AgendaTemplateFactory()

    assert list(AgendaTemplate.objects.editable_by(lena)) == [own]
    assert not AgendaTemplate.objects.editable_by(rita).exists()
    assert set(AgendaTemplate.objects.editable_by(ada)) == {own, general}


def test_those_for_any_kind_suit_every_meeting():
    anything = AgendaTemplateFactory()
    huddle = AgendaTemplateFactory(kind=MeetingKind.HUDDLE)
    AgendaTemplateFactory(kind=MeetingKind.ONE_ON_ONE)

    assert set(AgendaTemplate.objects.suiting(MeetingKind.HUDDLE)) == {anything, huddle}


@pytest.mark.parametrize("kind", INSTEAD)
def test_a_kind_with_its_own_agenda_takes_no_other(kind):
    with pytest.raises(ValidationError, match="makes its own agenda"):
        check_agenda(AgendaTemplateFactory(), kind)
    words = agenda_words(CadenceFactory(kind=kind))
    assert (words.blocks, words.instead) == ([], INSTEAD[kind])


@pytest.mark.parametrize(
    "kind", [each for each in MeetingKind.values if each not in INSTEAD]
)
def test_every_kind_of_meeting_has_blocks_to_begin_with(kind):
    blocks = blocks_for(kind)

    assert blocks
    for each in blocks:
        validate_no_status(str(each))


@pytest.mark.parametrize(
    "kind", [each for each in MeetingKind.values if each not in INSTEAD]
)
@pytest.mark.parametrize("minutes", [5, 10, 15, 20, 30, 44])
def test_they_fit_into_a_meeting_however_short(kind, minutes):
    wanted = sum(each.minutes for each in blocks_for(kind))
    blocks = blocks_for(kind, minutes)

    assert sum(each.minutes for each in blocks) == min(wanted, minutes)
    assert all(each.minutes >= 1 for each in blocks)
    assert [str(each) for each in blocks] == [str(each) for each in blocks_for(kind)]


def test_they_keep_their_length_where_there_is_time():
    kind = MeetingKind.TEAM_MEETING
    assert list(blocks_for(kind, 60)) == list(blocks_for(kind))


def test_a_cadence_of_ten_minutes_says_that_its_own_blocks_fit():
    words = agenda_words(CadenceFactory(kind=MeetingKind.HUDDLE, minutes=10))

    assert (words.total, words.too_long) == ("10 of 10 min", "")
    assert len(words.blocks) == 3


@pytest.mark.parametrize(
    "title",
    [
        "Status",
        "Statusrunde",
        "Quick update from everyone",
        "The numbers",
        "Reporting round",
        "Forecast roll-up",
        "Unsere Zahlen",
        "KPIs of the week",
    ],
)
def test_a_title_that_smells_of_status_is_refused(title):
    with pytest.raises(ValidationError) as refused:
        validate_no_status(title)

    assert refused.value.code == "status"


@pytest.mark.parametrize(
    "title", ["", "Difficult case", "Objection number one", "Deals that can still tip"]
)
def test_other_titles_stand(title):
    validate_no_status(title)


def test_a_block_without_a_title_is_called_as_its_kind():
    block = AgendaBlockFactory(kind=BlockKind.ROLE_PLAY)

    assert str(block) == "Role play"
    assert str(AgendaBlockFactory(title="Play the CFO")) == "Play the CFO"
