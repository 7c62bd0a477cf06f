"""The page of a meeting, and what may be done with it there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.reviews.models import Review
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.calendar.services import holding
from rhythm.people.models import Leave
from rhythm.web.toasts import undo_of
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(central, lena, rita) -> Meeting:
    return MeetingFactory(
        kind=MeetingKind.TEAM_MEETING,
        team=central,
        chair=lena,
        starts_at=timezone.now() + timedelta(hours=2),
    )


def url(name: str, meeting: Meeting, *args: object) -> str:
    return reverse(f"meetings:{name}", args=[meeting.pk, *args])


def fresh(meeting: Meeting) -> Meeting:
    return Meeting.objects.get(pk=meeting.pk)


def test_it_says_who_when_and_what_was_promised_before(client, lena, rita, meeting):
    before = MeetingFactory(
        kind=meeting.kind,
        team=meeting.team,
        chair=lena,
        starts_at=timezone.now() - timedelta(days=7),
        state=MeetingState.MISSED,
        missed_at=timezone.now(),
    )
    CommitmentFactory(
        what="Send the offer", promiser=rita, receiver=lena, made_in=before
    )
    client.force_login(rita)

    page = client.get(url("meeting_detail", meeting)).content.decode()

    assert "Team meeting, Central" in page
    assert "Rita Reyes" in page
    assert "Send the offer" in page
    assert "Missed" in page
    assert "Start" not in page


def test_one_of_another_day_is_not_started_by_the_way(client, lena, meeting):
    client.force_login(lena)
    for days, words in ((0, "Start now"), (3, "Start ahead of time")):
        Meeting.objects.filter(pk=meeting.pk).update(
            starts_at=timezone.now() + timedelta(days=days)
        )
        assert words in client.get(url("meeting_detail", meeting)).text


def test_its_own_promises_are_none_of_earlier_ones(client, lena, rita, meeting):
    CommitmentFactory(what="Call them", promiser=rita, receiver=lena, made_in=meeting)
    client.force_login(rita)

    assert "Call them" not in client.get(url("meeting_detail", meeting)).text


def test_the_chair_starts_it_and_notes_it_as_held(client, lena, meeting):
    client.force_login(lena)

    client.post(url("meeting_begin", meeting))
    assert fresh(meeting).state == MeetingState.RUNNING
    client.post(url("meeting_hold", meeting))

    assert fresh(meeting).state == MeetingState.HELD


def test_a_missed_one_is_held_late_and_says_so(client, lena, meeting):
    Meeting.objects.update(
        state=MeetingState.MISSED,
        missed_at=timezone.now(),
        starts_at=timezone.now() - timedelta(days=1),
    )
    client.force_login(lena)

    client.post(url("meeting_begin", meeting))
    client.post(url("meeting_hold", meeting))

    assert fresh(meeting).is_late
    assert "Held late" in client.get(url("meeting_detail", meeting)).content.decode()


def test_skipping_needs_a_reason_and_keeps_what_was_typed(client, lena, meeting):
    client.force_login(lena)
    address = url("meeting_drop", meeting, "skip")

    refused = client.post(address, {"reason": " ", "version": "1"})
    assert refused.status_code == 422
    assert fresh(meeting).state == MeetingState.PLANNED

    answer = client.post(address, {"reason": "Trade fair", "version": "1"}, follow=True)

    skipped = fresh(meeting)
    assert (skipped.state, skipped.reason) == (MeetingState.SKIPPED, "Trade fair")
    # A toast offers to undo it, as one that is cancelled stands in no calendar.
    told = next(iter(answer.context["messages"]))
    assert undo_of(told) == url("meeting_again", meeting)
    client.post(undo_of(told))
    assert fresh(meeting).state == MeetingState.PLANNED


def test_of_two_who_move_it_the_later_one_is_told(client, lena, vera, meeting):
    client.force_login(lena)
    day = timezone.now().date() + timedelta(days=20)
    values = {"on": f"{day}", "at": "10:00", "minutes": "30", "version": "1"}
    client.post(url("meeting_move", meeting), values)
    client.force_login(vera)

    stale = client.post(url("meeting_move", meeting), values | {"at": "11:00"})

    assert stale.status_code == 409
    assert "Somebody changed this" in stale.content.decode()
    assert 'value="11:00"' in stale.content.decode()
    # Lena's ten o'clock stands beside her eleven, and nothing that is the same.
    assert stale.context["changes"] == [("Time", "10:00", "11:00")]
    moved = fresh(meeting)
    # Ten o'clock on Lena's wall.
    on_the_wall = datetime.combine(day, time(10), tzinfo=ZoneInfo("Europe/Berlin"))
    assert moved.starts_at == on_the_wall
    assert moved.is_moved


@pytest.mark.parametrize(
    ("days", "words"), [(400, "Is the year right?"), (-40, "Is the day right?")]
)
def test_a_mistyped_day_is_asked_about(client, lena, meeting, days, words):
    client.force_login(lena)
    day = timezone.now().date() + timedelta(days=days)
    values = {"on": f"{day}", "at": "10:00", "minutes": "30", "version": "1"}

    refused = client.post(url("meeting_move", meeting), values)

    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert fresh(meeting).starts_at == meeting.starts_at


def test_moved_to_a_time_that_is_over_it_says_what_comes_of_that(client, lena, meeting):
    client.force_login(lena)
    day = timezone.now().date() - timedelta(days=2)
    values = {"on": f"{day}", "at": "10:00", "minutes": "30", "version": "1"}

    page = client.post(url("meeting_move", meeting), values, follow=True)

    assert "Moved to a time that is over" in page.content.decode()


def test_what_was_missed_is_late_wherever_it_is_moved(client, lena, meeting):
    Meeting.objects.update(state=MeetingState.MISSED, missed_at=timezone.now())
    client.force_login(lena)
    day = timezone.now().date() + timedelta(days=2)
    values = {"on": f"{day}", "at": "10:00", "minutes": "30", "version": "1"}

    page = client.post(url("meeting_move", meeting), values, follow=True)

    assert fresh(meeting).state == MeetingState.PLANNED
    assert "It was missed, and counts as late" in page.content.decode()
    holding.start(meeting, now=timezone.now())
    assert holding.hold(meeting, now=timezone.now()).is_late


def test_moved_after_it_was_missed_it_is_late_outside_as_well(meeting):
    now = timezone.now()
    missed_at = now - timedelta(days=3)
    Meeting.objects.update(
        state=MeetingState.PLANNED, missed_at=missed_at, starts_at=now
    )

    held = holding.record_outside(
        fresh(meeting), now, notes="", now=now, shown_version=None
    )

    assert held.is_late


def test_what_was_held_outside_counts_apart(client, lena, meeting):
    Meeting.objects.update(starts_at=timezone.now() - timedelta(hours=2))
    client.force_login(lena)

    client.post(
        url("meeting_outside", meeting),
        {"on": "2026-01-05", "at": "09:00", "notes": "By phone", "version": "1"},
    )

    held = fresh(meeting)
    assert (held.state, held.is_outside) == (MeetingState.HELD, True)
    page = client.get(url("meeting_detail", meeting)).content.decode()
    assert "Held outside" in page
    assert "By phone" in page


@pytest.mark.parametrize(
    ("begins", "on", "why"),
    [(-2, "2090-01-05", "This is still to come"), (2, "2026-01-05", "has not begun")],
)
def test_what_is_still_to_come_was_not_held(client, lena, meeting, begins, on, why):
    Meeting.objects.update(starts_at=timezone.now() + timedelta(hours=begins))
    client.force_login(lena)

    answer = client.post(
        url("meeting_outside", meeting),
        {"on": on, "at": "09:00", "notes": "", "version": "1"},
    )

    assert answer.status_code == 422
    [refusal] = answer.context["form"].errors["on"]
    assert why in refusal
    assert fresh(meeting).state == MeetingState.PLANNED


def test_only_what_has_begun_is_offered_as_held_outside(client, lena, meeting):
    client.force_login(lena)
    address = url("meeting_outside", meeting)
    assert address not in client.get(url("meeting_detail", meeting)).content.decode()

    Meeting.objects.update(starts_at=timezone.now() - timedelta(minutes=1))

    assert address in client.get(url("meeting_detail", meeting)).content.decode()


def test_starting_a_called_review_makes_its_agenda_and_opens_it(
    client, lena, rita, meeting
):
    deal = OpportunityFactory(owner=rita, close_on=date(2026, 1, 5))
    Meeting.objects.update(kind=MeetingKind.PIPELINE_REVIEW)
    client.force_login(lena)

    answer = client.post(url("meeting_begin", meeting))

    review = Review.objects.get(meeting=meeting)
    assert answer.url == review.get_absolute_url()
    assert review.items.get().opportunity == deal
    assert fresh(meeting).state == MeetingState.RUNNING


def test_starting_it_twice_opens_the_same_one(client, lena, rita, meeting):
    Meeting.objects.update(kind=MeetingKind.PIPELINE_REVIEW)
    client.force_login(lena)

    for _ in range(2):
        client.post(url("meeting_begin", meeting))

    assert Review.objects.count() == 1


def test_a_deal_without_an_account_is_called_by_its_own_name(
    client, lena, rita, meeting
):
    OpportunityFactory(
        owner=rita, name="Rollout", account=None, close_on=date(2026, 1, 5)
    )
    Meeting.objects.update(kind=MeetingKind.PIPELINE_REVIEW)
    client.force_login(lena)
    client.post(url("meeting_begin", meeting))

    page = client.get(url("meeting_detail", meeting)).text

    assert "Rollout" in page
    assert "None: " not in page


def test_a_1_to_1_that_leave_called_off_says_so_and_blames_no_rule(client, lena, rita):
    meeting = MeetingFactory(
        kind=MeetingKind.ONE_ON_ONE,
        team=None,
        person=rita,
        chair=lena,
        state=MeetingState.CANCELLED,
    )
    client.force_login(lena)
    by_rule = client.get(url("meeting_detail", meeting)).text
    day = meeting.starts_at.date()
    Leave.objects.create(user=rita, first_on=day, last_on=day)
    by_leave = client.get(url("meeting_detail", meeting)).text

    assert "Its rule has changed" in by_rule
    assert "One of the two is away" in by_leave
    assert "Its rule has changed" not in by_leave


def test_nobody_else_is_told_that_there_is_one(client, otto, meeting):
    client.force_login(otto)

    assert client.get(url("meeting_detail", meeting)).status_code == 404


def test_the_page_costs_the_same_for_few_people_as_for_many(
    client, lena, meeting, central, django_assert_num_queries
):
    client.force_login(lena)
    client.get(url("meeting_detail", meeting))
    with django_assert_num_queries(8):
        client.get(url("meeting_detail", meeting))
    UserFactory.create_batch(10, team=central)

    with django_assert_num_queries(8):
        client.get(url("meeting_detail", meeting))


def test_what_two_wrote_down_stays_between_them(client, lena, rita, vera, meeting):
    Meeting.objects.update(
        kind="one_on_one", team=None, person=rita, state=MeetingState.HELD,
        notes="NOTES-CANARY", started_at=timezone.now(), ended_at=timezone.now(),
    )  # fmt: skip
    for reader, is_there in ((lena, True), (rita, True), (vera, False)):
        client.force_login(reader)
        page = client.get(url("meeting_detail", meeting))
        assert page.status_code == 200
        assert ("NOTES-CANARY" in page.content.decode()) is is_there


def test_what_its_rule_called_off_only_its_rule_calls_again(client, lena, meeting):
    Meeting.objects.update(state=MeetingState.CANCELLED, reason="")
    client.force_login(lena)

    page = client.post(url("meeting_again", meeting), follow=True)

    assert "only its rule calls it again" in page.content.decode()
    assert fresh(meeting).state == MeetingState.CANCELLED
