"""A huddle: live with what was written before, or without meeting."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from pipeline.runner import services, tasks
from pipeline.runner.models import Answer, Run
from rhythm.calendar.models import (
    BlockKind,
    Cadence,
    Meeting,
    MeetingKind,
    MeetingState,
)
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.calendar.services import mark_missed, move
from rhythm.notices.models import Notice, Occasion
from rhythm.web.versions import Conflict
from tests.access.cadences import said as cadence_said
from tests.factories.channels import ChannelFactory
from tests.factories.meetings import CadenceFactory, CommitmentFactory
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory
from tests.runner.conftest import NOW, SAID, inboxes_at, minutes, said

pytestmark = pytest.mark.django_db


def state_of(run):
    return Meeting.objects.get(pk=run.meeting_id).state


def recaps():
    return Notice.objects.filter(kind="meetings.recap")


def test_everybody_is_asked_once_when_preparation_begins(written, rita, lena):
    assert services.to_prepare(NOW) == [written]
    tick = TickFactory(at=NOW)
    for _time in range(2):
        tasks.prepare(written.pk, tick.pk)
    found = Notice.objects.filter(kind="meetings.huddle")
    assert {each.recipient for each in found} == {rita, lena}
    assert found.count() == 2
    assert reverse("runner:answer", args=[written.pk]) in found[0].text
    assert {each.expires_at for each in found} == {written.starts_at}
    assert {(each.guard, each.guarded_id) for each in found} == {
        ("meeting", written.pk)
    }


def test_the_rhythm_s_own_huddle_asks_those_who_answer_in_writing(
    written, rule, rita, lena
):
    beats = RHYTHMS["daily-huddle"].beats
    huddle = next(each for each in beats if each.kind == MeetingKind.HUDDLE)
    Cadence.objects.filter(pk=rule.pk).update(prepare_hours=huddle.prepare_hours)
    early = written.starts_at - timedelta(hours=8, minutes=1)
    assert services.to_prepare(early) == []
    at = written.starts_at - timedelta(hours=8)
    assert services.to_prepare(at) == [written]
    tasks.prepare(written.pk, TickFactory(at=at).pk)
    found = Notice.objects.filter(kind="meetings.huddle")
    assert {each.recipient for each in found} == {rita, lena}


def test_everybody_is_asked_though_somebody_answered_before(written, rita, lena):
    said(services.prepare(written), rita)
    assert services.to_prepare(NOW) == [written]
    tasks.prepare(written.pk, TickFactory(at=NOW).pk)
    found = Notice.objects.filter(kind="meetings.huddle")
    assert {each.recipient for each in found} == {rita, lena}
    assert services.to_prepare(NOW) == []


def test_the_channels_hear_that_a_live_huddle_opens(live, central, lena):
    ChannelFactory(team=central, occasions=[Occasion.HUDDLE])
    services.begin(live.meeting, by=lena, now=NOW)
    assert Notice.objects.filter(channel__isnull=False).count() == 1


def test_a_live_huddle_asks_nobody_by_mail(team_meeting, central, rita):
    rule = CadenceFactory(team=central, kind=MeetingKind.HUDDLE)
    called = {"cadence": rule, "key_on": NOW.date(), "called_for": NOW}
    meeting = team_meeting(kind=MeetingKind.HUDDLE, starts_at=minutes(9), **called)
    tasks.prepare(meeting.pk, TickFactory(at=NOW).pk)
    assert Run.objects.get().meeting == meeting
    assert not Notice.objects.exists()


def test_at_the_hour_one_answer_makes_it_held(asked, rita, lena):
    said(asked, rita)
    assert services.to_close(minutes(59)) == []
    assert services.to_close(minutes(61)) == [asked.meeting]
    tick = TickFactory(at=minutes(61))
    for _time in range(2):
        tasks.close(asked.meeting_id, tick.pk)
    meeting = Meeting.objects.get(pk=asked.meeting_id)
    assert (meeting.state, meeting.is_late) == (MeetingState.HELD, False)
    assert meeting.started_at == meeting.ended_at == meeting.starts_at
    assert {each.recipient for each in recaps()} == {rita, lena}


def test_the_recap_of_one_closed_late_asks_for_no_vote(asked, rita):
    said(asked, rita)
    services.close(asked.meeting, now=NOW + timedelta(days=3))
    vote = reverse("runner:vote", args=[asked.meeting_id])
    assert recaps().exists()
    assert not any(vote in each.text for each in recaps())


def test_nobody_answered_and_it_is_missed(asked):
    services.close(asked.meeting, now=minutes(61))
    assert state_of(asked) == MeetingState.MISSED
    assert not recaps().exists()


def test_after_three_days_without_a_clock_it_is_held_all_the_same(asked, rita):
    said(asked, rita)
    later = NOW + timedelta(days=3)
    assert mark_missed(now=later) == []
    services.close(asked.meeting, now=later)
    meeting = Meeting.objects.get(pk=asked.meeting_id)
    assert (meeting.state, meeting.is_late) == (MeetingState.HELD, False)


def test_one_that_nobody_was_asked_for_is_missed_too(written):
    services.close(written, now=minutes(61))
    assert Meeting.objects.get(pk=written.pk).state == MeetingState.MISSED


def test_one_that_got_another_hour_meanwhile_stays_open(asked):
    move(asked.meeting, minutes(300), minutes=15, shown_version=None)
    services.close(asked.meeting, now=minutes(61))
    assert state_of(asked) == MeetingState.PLANNED


def test_the_last_word_counts_until_the_hour(asked, rita):
    said(asked, rita)
    said(asked, rita, shown=1, will="Write to them", now=minutes(30))
    assert Answer.objects.get().will == "Write to them"
    with pytest.raises(ValidationError, match="closed"):
        said(asked, rita, shown=2, will="Late", now=minutes(60))


def test_who_has_answered_has_it_no_more_in_the_inbox(asked, rita, lena):
    services.answer(asked, SAID, by=rita, now=minutes(5), shown_version=0)

    assert inboxes_at(minutes(5)) == {lena}


@pytest.mark.parametrize("answers", [0, 1])
def test_one_that_is_closed_asks_nobody_any_more(asked, rita, answers):
    for person in [rita][:answers]:
        said(asked, person)

    services.close(asked.meeting, now=minutes(61))

    assert inboxes_at(minutes(61)) == set()


def test_two_tabs_are_a_conflict(asked, rita):
    said(asked, rita)
    with pytest.raises(Conflict):
        said(asked, rita, shown=0, did="Something else")


def test_what_was_done_and_what_will_be_are_asked_for(asked, rita):
    with pytest.raises(ValidationError) as caught:
        said(asked, rita, did="  ", will="")
    assert set(caught.value.message_dict) == {"did", "will"}


def test_who_is_not_in_it_writes_nothing(asked, otto, vera):
    for person in (otto, vera):
        with pytest.raises(PermissionDenied):
            said(asked, person)


def test_the_recap_holds_the_answers_and_shames_nobody(asked, rita, lena):
    said(asked, rita)
    services.close(asked.meeting, now=minutes(61))
    for recap in recaps():
        assert "Called Brennecke" in recap.text
        assert "Visit the plant" in recap.html
        assert "Not answered" not in recap.text + recap.html


def test_the_board_names_who_is_missing(asked, rita, lena, central, as_user):
    UserFactory(name="Mona Moor", team=central)
    said(asked, rita)
    services.close(asked.meeting, now=minutes(61))
    page = reverse("runner:minutes", args=[asked.meeting_id])
    text = as_user(rita).get(page).text
    assert "Called Brennecke" in text
    assert "without meeting, in writing" in text
    assert "Mona Moor" in text.split("Not answered:")[1]


def test_the_board_shows_marks_and_answers(live, rita, lena, team_meeting, as_user):
    then = NOW - timedelta(days=1)
    before = team_meeting(
        kind=MeetingKind.HUDDLE,
        starts_at=then,
        started_at=then,
        ended_at=then,
        state=MeetingState.HELD,
    )
    CommitmentFactory(promiser=rita, receiver=lena, made_in=before, state="open")
    said(live, rita, barrier="No crane")
    text = as_user(lena).get(reverse("runner:answer", args=[live.meeting_id])).text
    assert "Called Brennecke" in text
    assert "No crane" in text
    assert "0 of 1 kept" in text


def test_live_what_was_written_before_stands_on_the_board(live, rita, lena, as_user):
    said(live, rita)
    services.begin(live.meeting, by=lena, now=minutes(60))
    services.go_to(live.blocks.get(kind=BlockKind.ROUND), by=lena, now=minutes(61))
    text = as_user(rita).get(reverse("runner:room", args=[live.meeting_id])).text
    assert "Called Brennecke" in text
    assert "Nothing written yet" in text


def test_the_form_answers_in_one_screen(written, rita, as_user):
    Meeting.objects.filter(pk=written.pk).update(
        starts_at=timezone.now() + timedelta(hours=1)
    )
    page, browser = reverse("runner:answer", args=[written.pk]), as_user(rita)
    room = reverse("runner:room", args=[written.pk])
    assert browser.get(room)["Location"] == page
    assert "Three questions, a minute" in browser.get(page).text
    assert browser.post(page, {"did": "x", "version": 0}).status_code == 422
    assert browser.post(page, SAID | {"version": 0}).status_code == 302
    assert browser.post(page, SAID | {"did": "y", "version": 0}).status_code == 409
    assert browser.post(page, SAID | {"did": "y", "version": 1}).status_code == 302
    assert Answer.objects.get().did == "y"


def test_only_huddles_can_do_without_a_meeting(as_user, lena, central):
    data = cadence_said(SimpleNamespace(central=central)) | {"is_async": "on"}
    create, browser = reverse("calendar:cadence_create"), as_user(lena)
    answer = browser.post(create, data)
    assert answer.status_code == 422
    assert "Only a huddle" in answer.text
    assert browser.post(create, data | {"kind": "huddle"}).status_code == 302
    assert Cadence.objects.get().is_async
