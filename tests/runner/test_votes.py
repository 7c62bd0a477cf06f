"""Was it worth the time? One vote each, counted, never named."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from pipeline.runner import services
from pipeline.runner.models import Vote
from pipeline.runner.selectors.votes import until_text, worth_of
from rhythm.calendar.models import Meeting
from tests.factories.people import UserFactory
from tests.runner.conftest import NOW, minutes

pytestmark = pytest.mark.django_db
COUNTED = NOW + timedelta(days=2)


@pytest.fixture
def held(run, lena):
    run.meeting.time_zone = "Europe/Berlin"
    run.meeting.save(update_fields=["time_zone"])
    return services.finish(run, by=lena, now=minutes(40))


def vote(run, by, score=8, line="", now=NOW):
    return services.vote(run, score, line, by=by, now=now)


def test_the_last_word_counts(held, rita):
    vote(held, rita, 3)
    vote(held, rita, 9, "The case was real")
    given = Vote.objects.get()
    assert (given.score, given.line) == (9, "The case was real")


def test_it_can_be_changed_until_the_next_days_midnight(held, rita):
    last = NOW.replace(hour=22, minute=59) + timedelta(days=1)  # 23:59 in Berlin
    vote(held, rita, now=last)
    with pytest.raises(ValidationError):
        vote(held, rita, 1, now=last + timedelta(minutes=2))


def test_who_was_not_in_it_does_not_vote(held, vera, otto):
    for person in (vera, otto):
        with pytest.raises(PermissionDenied):
            vote(held, person)


def test_a_leader_above_who_finishes_is_led_to_the_minutes(run, vera, lena, as_user):
    finish = reverse("runner:room_finish", args=[run.meeting_id])
    minutes_page = reverse("runner:minutes", args=[run.meeting_id])
    assert as_user(vera).post(finish)["Location"] == minutes_page


def test_who_was_in_it_and_finishes_is_led_to_the_vote(run, lena, as_user):
    finish = reverse("runner:room_finish", args=[run.meeting_id])
    page = reverse("runner:vote", args=[run.meeting_id])
    assert as_user(lena).post(finish)["Location"] == page


def test_nobody_is_asked_for_a_vote_that_cannot_be_given(held, rita, as_user):
    page = reverse("meetings:meeting_detail", args=[held.meeting_id])
    vote_page = reverse("runner:vote", args=[held.meeting_id])
    now = timezone.now()
    Meeting.objects.filter(pk=held.meeting_id).update(
        started_at=now - timedelta(minutes=40), ended_at=now
    )
    assert vote_page in as_user(rita).get(page).text
    Meeting.objects.filter(pk=held.meeting_id).update(
        started_at=now - timedelta(days=3), ended_at=now - timedelta(days=3)
    )
    assert vote_page not in as_user(rita).get(page).text


def test_a_score_is_from_one_to_ten(held, rita):
    for score in (0, 11):
        with pytest.raises(ValidationError):
            vote(held, rita, score)


def test_one_that_is_not_over_has_no_vote(run, rita):
    with pytest.raises(PermissionDenied):
        vote(run, rita)


def test_fewer_than_three_votes_show_nothing(held, rita, lena):
    vote(held, rita, 2, "Too long")
    vote(held, lena, 9)
    worth = worth_of(held, lena, COUNTED)
    assert (worth.average, list(worth.lines)) == ("", [])
    assert "2 votes" in worth.told


def test_whoever_watches_them_come_in_learns_their_number_alone(
    held, rita, lena, central
):
    for person in (rita, lena, UserFactory(team=central)):
        vote(held, person, 7, "Too long")
    worth = worth_of(held, lena, NOW)
    assert (worth.average, list(worth.lines)) == ("", [])
    assert worth.told.startswith("3 votes so far, counted after ")
    assert worth_of(held, lena, COUNTED).average == "7.0"


def test_all_have_the_same_time_wherever_they_are(held, rita, central):
    far = UserFactory(team=central, time_zone="Pacific/Auckland")
    assert until_text(held, rita, NOW).endswith("23:59")
    assert until_text(held, far, NOW).endswith("11:59")


def test_the_chair_alone_reads_the_lines_and_nobody_whose_they_are(
    held, rita, lena, vera, central
):
    vote(held, rita, 7, "Too long")
    vote(held, lena, 9, "Good case")
    vote(held, UserFactory(team=central), 8)
    worth = worth_of(held, lena, COUNTED)
    assert worth.average == "8.0"
    assert list(worth.lines) == ["Good case", "Too long"]
    for person in (rita, vera):
        assert worth_of(held, person, COUNTED).average == "8.0"
        assert not worth_of(held, person, COUNTED).lines


def test_the_form_keeps_the_vote(held, rita, as_user):
    page, browser = reverse("runner:vote", args=[held.meeting_id]), as_user(rita)
    type(held.meeting).objects.filter(pk=held.meeting_id).update(
        ended_at=NOW + timedelta(days=9000)
    )
    assert browser.post(page, {"score": ""}).status_code == 422
    assert browser.post(page, {"score": "8", "line": "Yes"}).status_code == 302
    assert "Change my vote" in browser.get(page).text
