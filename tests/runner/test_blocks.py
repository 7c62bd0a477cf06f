"""The blocks of one meeting: frozen once, then the chair's to change."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.agenda import parts_of
from pipeline.runner.models import Block
from rhythm.calendar.models import (
    AgendaBlock,
    AgendaTemplate,
    BlockKind,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.web.versions import Conflict
from tests.factories.meetings import CadenceFactory
from tests.factories.opportunities import OpportunityFactory
from tests.runner.conftest import NOW

pytestmark = pytest.mark.django_db
SKILL = {"kind": BlockKind.SKILL, "title": "", "minutes": 10, "how": ""}


@pytest.fixture
def agenda(meeting, central):
    template = AgendaTemplate.objects.create(name="Monday")
    for position, kind in enumerate((BlockKind.SKILL, BlockKind.COMMITMENTS)):
        AgendaBlock.objects.create(
            template=template, position=position, kind=kind, minutes=7
        )
    cadence = CadenceFactory(
        team=central, kind=MeetingKind.TEAM_MEETING, agenda=template
    )
    type(meeting).objects.filter(pk=meeting.pk).update(
        cadence=cadence, key_on=NOW.date(), called_for=NOW
    )
    meeting.refresh_from_db()
    return template


def kinds(run):
    return [each.kind for each in Block.objects.filter(run=run).order_by("position")]


def test_what_was_promised_comes_first_whatever_the_agenda_says(meeting, agenda):
    run = services.prepare(meeting)
    assert kinds(run) == [BlockKind.COMMITMENTS, BlockKind.SKILL]
    assert {each.minutes for each in run.blocks.all()} == {7}


@pytest.mark.parametrize("kind", [MeetingKind.HUDDLE, MeetingKind.OPPORTUNITY_REVIEW])
def test_without_an_agenda_the_kind_has_its_own_blocks(team_meeting, kind):
    run = services.prepare(team_meeting(kind=kind))
    assert kinds(run)[0] == BlockKind.COMMITMENTS
    assert kinds(run).count(BlockKind.COMMITMENTS) == 1
    assert len(kinds(run)) > 1


def test_a_huddle_of_ten_minutes_has_blocks_for_ten(team_meeting):
    huddle = team_meeting(kind=MeetingKind.HUDDLE, planned_minutes=10)
    run = services.prepare(huddle)
    assert [each.minutes for each in run.blocks.all()] == [3, 5, 2]


@pytest.mark.parametrize(("minutes", "first"), [(45, 5), (9, 2), (5, 1)])
def test_what_comes_first_takes_what_an_agenda_without_it_leaves(
    meeting, agenda, minutes, first
):
    agenda.blocks.filter(kind=BlockKind.COMMITMENTS).delete()
    meeting.planned_minutes = minutes
    assert [each.minutes for each in parts_of(meeting)] == [first, 7]


def test_blocks_that_exceed_the_meeting_say_so_beside_the_agenda(
    meeting, agenda, lena, as_user
):
    pages = [reverse("runner:room", args=[meeting.pk]), meeting.get_absolute_url()]
    texts = [as_user(lena).get(each).text for each in pages]
    assert not any("too long" in each for each in texts)

    Meeting.objects.filter(pk=meeting.pk).update(planned_minutes=10)
    for page in pages:
        assert "4 min too long" in as_user(lena).get(page).text


def test_what_becomes_of_the_agenda_later_does_not_change_the_meeting(meeting, agenda):
    run = services.prepare(meeting)
    AgendaBlock.objects.all().delete()
    assert services.prepare(meeting).pk == run.pk
    assert len(kinds(run)) == 2


@pytest.mark.parametrize(
    "kind", [MeetingKind.PIPELINE_REVIEW, MeetingKind.ACCOUNT_REVIEW]
)
def test_a_kind_with_a_room_of_its_own_has_no_blocks(team_meeting, kind):
    with pytest.raises(ValidationError):
        services.prepare(team_meeting(kind=kind))


def test_one_that_is_over_is_not_prepared(team_meeting):
    with pytest.raises(ValidationError):
        services.prepare(team_meeting(state=MeetingState.CANCELLED))


def test_the_same_form_twice_adds_one_block(meeting, lena):
    from uuid import uuid4

    run, key = services.prepare(meeting), uuid4()
    before = len(kinds(run))
    first = services.add_block(run, dict(SKILL), by=lena, submission_key=key)
    again = services.add_block(run, dict(SKILL), by=lena, submission_key=key)
    assert first == again
    assert kinds(run)[-1] == BlockKind.SKILL
    assert len(kinds(run)) == before + 1


@pytest.mark.parametrize("title", ["Status round", "Forecast numbers", "Zahlen"])
def test_status_has_no_block(meeting, lena, title):
    run = services.prepare(meeting)
    with pytest.raises(ValidationError, match="pre-read") as caught:
        services.add_block(run, SKILL | {"title": title}, by=lena)
    assert "title" in caught.value.message_dict
    block = run.blocks.get(kind=BlockKind.BARRIERS)
    values = {"kind": block.kind, "title": title, "minutes": 5, "how": ""}
    with pytest.raises(ValidationError):
        services.edit_block(block, values, by=lena, shown_version=1)


def test_an_edit_of_what_somebody_else_changed_is_a_conflict(meeting, lena, vera):
    block = services.prepare(meeting).blocks.get(kind=BlockKind.BARRIERS)
    values = {"kind": block.kind, "title": "Two things", "minutes": 5, "how": ""}
    services.edit_block(block, values, by=vera, shown_version=1)
    with pytest.raises(Conflict):
        services.edit_block(block, values | {"minutes": 9}, by=lena, shown_version=1)


def test_blocks_change_places_and_the_first_stays_first(meeting, lena):
    run = services.prepare(meeting)
    order = kinds(run)
    second = run.blocks.get(kind=order[1])
    services.move_block(second, up=True, by=lena)
    services.move_block(run.blocks.get(kind=order[0]), up=False, by=lena)
    assert kinds(run) == order
    services.move_block(second, up=False, by=lena)
    assert kinds(run)[1:3] == [order[2], order[1]]


def test_what_was_promised_cannot_be_dropped_and_the_rest_can(meeting, lena):
    run = services.prepare(meeting)
    with pytest.raises(ValidationError):
        services.drop_block(run.blocks.get(kind=BlockKind.COMMITMENTS), by=lena)
    barriers = run.blocks.get(kind=BlockKind.BARRIERS)
    services.drop_block(barriers, by=lena)
    services.drop_block(barriers, by=lena)
    assert BlockKind.BARRIERS not in kinds(run)


def test_a_block_that_was_begun_stays(run, lena):
    with pytest.raises(ValidationError):
        case = run.blocks.get(kind=BlockKind.DIFFICULT_CASE)
        services.go_to(case, by=lena, now=NOW)
        services.drop_block(case, by=lena)


def test_only_a_deal_that_one_sees_becomes_the_case(case, lena, otto):
    with pytest.raises(PermissionDenied):
        services.choose_case(case, OpportunityFactory(owner=otto), by=lena)


def test_a_member_of_the_team_changes_nothing(meeting, rita):
    run = services.prepare(meeting)
    with pytest.raises(PermissionDenied):
        services.add_block(run, dict(SKILL), by=rita)
    with pytest.raises(PermissionDenied):
        services.drop_block(run.blocks.get(kind=BlockKind.BARRIERS), by=rita)
