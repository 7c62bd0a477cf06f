"""The course of a meeting: its clock, its place, its chair, its end."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.models import Block, Run
from pipeline.runner.selectors.room import room_of
from pipeline.runner.selectors.series import before, series
from rhythm.calendar.models import BlockKind, Meeting, MeetingKind, MeetingState
from rhythm.notices.models import Notice
from tests.factories.meetings import CadenceFactory
from tests.factories.ticks import TickFactory
from tests.runner.conftest import DUE, NOW, minutes

pytestmark = pytest.mark.django_db


def test_it_begins_with_what_was_promised(run):
    assert run.current_item.kind == BlockKind.COMMITMENTS
    assert run.current_item.began_at == NOW
    assert run.meeting.state == MeetingState.RUNNING


def test_beginning_again_changes_nothing(run, lena):
    again = services.begin(run.meeting, by=lena, now=minutes(9))
    assert again.running_since == NOW
    assert Run.objects.count() == 1


def test_one_that_was_missed_can_still_be_begun_and_is_late(team_meeting, lena):
    missed = team_meeting(state=MeetingState.MISSED, missed_at=NOW)
    run = services.begin(missed, by=lena, now=minutes(200))
    services.finish(run, by=lena, now=minutes(240))
    assert Meeting.objects.get(pk=missed.pk).is_late


def test_the_server_knows_the_time_of_every_block(run, case, lena):
    services.go_to(case, by=lena, now=minutes(4))
    services.pause(run, by=lena, now=minutes(6))
    services.resume(run, by=lena, now=minutes(16))
    room = room_of(Run.objects.get(pk=run.pk), lena, now=minutes(17))
    assert room.block.seconds == 3 * 60
    assert room.seconds == 7 * 60
    first = Block.objects.get(run=run, position=1)
    assert (first.seconds, first.ended_at) == (240, minutes(4))


def test_time_over_is_said_calmly(run, lena):
    room = room_of(Run.objects.get(pk=run.pk), lena, now=minutes(8))
    assert room.block.over == "over its time by 3 min"
    assert room_of(Run.objects.get(pk=run.pk), lena, now=minutes(4)).block.over == ""


def test_going_where_it_is_already_changes_nothing(run, case, lena):
    pulse = services.go_to(case, by=lena, now=minutes(4)).pulse
    assert services.go_to(case, by=lena, now=minutes(5)).pulse == pulse


def test_who_only_looks_on_does_not_lead_through_it(run, case, rita, max_):
    for person in (rita, max_):
        with pytest.raises(PermissionDenied):
            services.go_to(case, by=person, now=NOW)
        with pytest.raises(PermissionDenied):
            services.finish(run, by=person, now=NOW)


def test_the_one_above_may_lead_on_and_take_the_chair(run, case, vera, lena):
    services.go_to(case, by=vera, now=minutes(3))
    run = services.hand_over(run, to=vera, by=vera)
    assert run.meeting.runner == vera
    run = services.hand_over(run, to=lena, by=vera)
    assert (run.meeting.runner, run.meeting.deputy) == (lena, None)


def test_a_block_that_is_gone_is_said(run, case, lena):
    services.drop_block(case, by=lena)
    with pytest.raises(ValidationError, match="gone"):
        services.go_to(case, by=lena, now=NOW)


def test_the_end_is_held_and_everybody_gets_the_recap_once(run, rita, lena):
    for _time in range(2):
        services.finish(run, by=lena, now=minutes(40))
    meeting = Meeting.objects.get(pk=run.meeting_id)
    assert (meeting.state, meeting.ended_at) == (MeetingState.HELD, minutes(40))
    recaps = Notice.objects.filter(kind="meetings.recap")
    assert {each.recipient for each in recaps} == {rita, lena}
    run.refresh_from_db()
    assert (run.current_item, run.running_since) == (None, None)
    assert run.elapsed_seconds == 2400


def test_one_that_was_abandoned_says_why_and_sends_nothing(run, lena, rita, as_user):
    with pytest.raises(ValidationError, match="why"):
        services.abandon(run, " ", by=lena, now=minutes(3))
    services.abandon(run, "Fire alarm", by=lena, now=minutes(3))
    page = reverse("meetings:meeting_detail", args=[run.meeting_id])
    assert "Abandoned: Fire alarm" in as_user(rita).get(page).text
    assert Meeting.objects.get().state == MeetingState.ABANDONED
    assert not Notice.objects.exists()


def test_a_promise_goes_to_the_chair_and_the_chairs_own_to_the_owner(
    run, case, deal, lena, rita
):
    services.choose_case(case, deal, by=lena)
    services.go_to(case, by=lena, now=NOW)

    def promise(who):
        given = {"promiser": who, "due_on": DUE, "by": lena, "now": NOW}
        return services.promise(run, "Call them", **given)

    made, own = promise(rita), promise(lena)
    assert (made.receiver, made.made_in, made.about) == (lena, run.meeting, "Brennecke")
    assert own.receiver == rita
    assert set(deal.commitments.all()) == {made, own}


def test_nobody_promises_who_is_not_in_the_room(run, lena, otto):
    with pytest.raises(PermissionDenied):
        services.promise(run, "Call", promiser=otto, due_on=DUE, by=lena, now=NOW)


def test_what_was_promised_by_mistake_can_be_taken_back(run, lena, rita, promised):
    made = services.promise(run, "Oops", promiser=rita, due_on=DUE, by=lena, now=NOW)
    services.withdraw(run, made, by=lena)
    with pytest.raises(PermissionDenied):
        services.withdraw(run, promised, by=lena)


def test_the_clock_freezes_the_blocks_when_preparation_begins(team_meeting, central):
    from pipeline.runner import tasks

    rule = CadenceFactory(team=central, kind=MeetingKind.TEAM_MEETING, prepare_hours=24)
    called = {"cadence": rule, "called_for": NOW}
    soon = team_meeting(starts_at=minutes(60 * 20), key_on=NOW.date(), **called)
    team_meeting(starts_at=minutes(60 * 30), key_on=DUE, **called)
    assert services.to_prepare(NOW) == [soon]
    tick = TickFactory(at=NOW)
    tasks.prepare(soon.pk, tick.pk)
    tasks.prepare(soon.pk, tick.pk)
    assert Run.objects.get().meeting == soon
    assert services.to_prepare(NOW) == []


def test_a_clock_that_is_behind_ends_no_block_before_it_began(run, case, lena):
    """Two machines' clocks differ, and the chair's clicks go to either."""
    services.go_to(case, by=lena, now=minutes(4))
    services.go_to(run.blocks.first(), by=lena, now=minutes(3))
    case.refresh_from_db()
    assert case.ended_at == case.began_at == minutes(4)
    services.finish(run, by=lena, now=minutes(-1))
    meeting = Meeting.objects.get(pk=run.meeting_id)
    assert meeting.ended_at == meeting.started_at == NOW


def test_one_on_ones_with_two_managers_are_two_series(team_meeting, lena, vera, rita):
    """What was promised to the one is not read out by the other."""
    two = {"kind": MeetingKind.ONE_ON_ONE, "team": None, "person": rita}
    first, other = team_meeting(**two), team_meeting(**two, chair=vera)
    later = team_meeting(**two, starts_at=NOW + timedelta(days=7))
    assert list(before(later)) == [first]
    assert other not in Meeting.objects.filter(series(later))
