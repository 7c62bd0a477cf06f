"""The page of the three questions, and what comes of an answer that is late."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.models import Answer
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.calendar.services import mark_missed, skip
from tests.runner.conftest import NOW, SAID, minutes, said

pytestmark = pytest.mark.django_db
LATE = SAID | {"did": "Sent it too late", "version": 0}


def closed_by_nobody(run):
    """Leave it past its hour, before the clock closes it."""


def closed_with_an_answer(run):
    said(run, run.meeting.chair)
    services.close(run.meeting, now=minutes(61))


def missed(run):
    services.close(run.meeting, now=minutes(61))


def skipped(run):
    skip(run.meeting, "Fair", shown_version=None)


@pytest.mark.parametrize(
    "close", [closed_by_nobody, closed_with_an_answer, missed, skipped]
)
def test_what_comes_after_the_hour_is_refused_and_stays_in_its_fields(
    asked, rita, as_user, close
):
    close(asked)
    with time_machine.travel(minutes(62), tick=False):
        answer = as_user(rita).post(
            reverse("runner:answer", args=[asked.meeting_id]), LATE
        )

    assert answer.status_code == 422
    assert "Sent it too late" in answer.text
    assert "came too late and was not taken" in answer.text
    assert not Answer.objects.filter(person=rita).exists()


def test_what_comes_too_late_for_one_that_nobody_prepared_stays_too(
    written, rita, as_user
):
    skip(written, "Fair", shown_version=None)
    with time_machine.travel(NOW, tick=False):
        answer = as_user(rita).post(reverse("runner:answer", args=[written.pk]), LATE)

    assert answer.status_code == 422
    assert "Sent it too late" in answer.text


@pytest.mark.parametrize("who", ["rita", "lena"])
def test_what_was_written_for_a_live_huddle_that_nobody_began_is_still_read(
    live, rita, lena, as_user, who
):
    Meeting.objects.filter(pk=live.meeting_id).update(starts_at=NOW)
    said(live, rita, now=minutes(30))
    assert mark_missed(now=NOW + timedelta(hours=3)) == [live.meeting_id]

    browser = as_user({"rita": rita, "lena": lena}[who])
    page = browser.get(reverse("runner:answer", args=[live.meeting_id]), follow=True)
    assert "Called Brennecke" in page.text


def test_a_plan_that_nobody_wrote_for_shows_no_board(live, lena, as_user):
    assert live.meeting.kind == MeetingKind.HUDDLE
    page = as_user(lena).get(reverse("runner:room", args=[live.meeting_id]))
    assert "Nothing written yet" not in page.text
