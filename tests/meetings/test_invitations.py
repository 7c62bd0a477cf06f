"""Invitations by mail: who gets which, once, and what changes them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from pipeline.meetings import tasks
from pipeline.meetings.models import CalendarFeed, Invitation
from pipeline.meetings.services import invite
from rhythm.calendar import services
from rhythm.calendar.models import Meeting
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.calendar.services.rhythms import start_rhythm
from rhythm.notices.kinds import Delivery, kind_of
from rhythm.notices.models import Notice, Wishes
from rhythm.notices.unsubscribing import token_of
from rhythm.people.models import Membership, User
from tests.factories.meetings import CadenceFactory, MeetingFactory
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory
from tests.meetings.invited import (
    DAY,
    KIND,
    NOW,
    has_server,
    invite_twice,
    meeting,
    read,
    sent,
    to,
)
from tests.two import all_at_once

__all__ = ["has_server", "meeting"]


# -- what changes -----------------------------------------------------------------
@pytest.mark.django_db
def test_moved_and_called_off_replace_what_stands_in_the_calendar(meeting, rita):
    invite(now=NOW)
    services.move(meeting, NOW + 3 * DAY, minutes=30, shown_version=None)
    invite_twice()
    services.skip(meeting, "Nobody is here", shown_version=None)
    invite_twice()
    services.call_again(meeting, shown_version=None)
    invite_twice()

    told = to(rita)
    assert [each[0] for each in told] == ["REQUEST", "REQUEST", "CANCEL", "REQUEST"]
    assert [each[2] for each in told][2] == "CANCELLED"
    sequences = [each[1] for each in told]
    assert sequences == sorted(set(sequences))
    uids = {str(read(each)[1]["uid"]) for each in sent()}
    assert len(uids) == 1
    moved = sent()[2]
    assert moved.subject.startswith("New time: ")
    assert "It was to be" in moved.text


@pytest.mark.django_db
def test_whose_chair_the_other_of_a_1_1_has_keeps_it_in_the_calendar(
    meeting, lena, rita
):
    Meeting.objects.update(kind="one_on_one", team=None, person=rita)
    invite(now=NOW)
    services.hand_over(Meeting.objects.get(), to=rita)
    invite(now=NOW)

    assert "CANCEL" not in [each[0] for each in to(lena)]


@pytest.mark.django_db
def test_moved_and_moved_back_tells_nobody(meeting):
    invite(now=NOW)
    services.move(meeting, NOW + 3 * DAY, minutes=45, shown_version=None)
    services.move(meeting, NOW + 2 * DAY, minutes=45, shown_version=None)

    assert invite(now=NOW) == 0


@pytest.mark.django_db
def test_moved_far_ahead_it_is_still_told_of(meeting, rita):
    invite(now=NOW)
    services.move(meeting, NOW + 40 * DAY, minutes=45, shown_version=None)
    invite_twice()

    assert [each[0] for each in to(rita)] == ["REQUEST", "REQUEST"]


@pytest.mark.django_db
def test_who_joins_is_invited_and_who_leaves_is_told(meeting, central, lena, rita):
    invite(now=NOW)
    nia = UserFactory(name="Nia New", team=central)
    Membership.objects.filter(user=rita).update(until=NOW)
    invite(now=NOW)
    Membership.objects.filter(user=rita).update(until=None)
    invite(now=NOW)

    assert [each[0] for each in to(nia)] == ["REQUEST"]
    assert [each[0] for each in to(rita)] == ["REQUEST", "CANCEL", "REQUEST"]
    assert [each[0] for each in to(lena)] == ["REQUEST"]
    assert "Without you" in " ".join(each.subject for each in sent())
    sequences = [each[1] for each in to(rita)]
    assert sequences == sorted(set(sequences))


@pytest.mark.django_db
def test_the_chair_is_handed_over(meeting, lena, omar):
    invite(now=NOW)
    services.hand_over(meeting, to=omar)
    invite(now=NOW)

    assert [each[0] for each in to(omar)] == ["REQUEST"]
    assert [each[0] for each in to(lena)] == ["REQUEST", "CANCEL"]


@pytest.mark.django_db
def test_a_meeting_that_began_is_nobodys_news(meeting):
    invite(now=NOW)
    services.start(meeting, now=NOW + DAY)
    assert invite(now=NOW + DAY) == 0
    services.hold(meeting, now=NOW + DAY)
    assert invite(now=NOW + DAY) == 0


@pytest.mark.django_db
def test_an_invitation_stands_in_no_inbox_and_in_no_morning_mail(
    meeting, rita, as_user
):
    invite(now=NOW)

    assert sent()
    assert not Notice.objects.in_inbox_of(rita).exists()
    assert not Notice.objects.for_next_digest(NOW).exists()
    for show in ("", "done"):
        page = as_user(rita).get(reverse("notices:inbox"), {"show": show})
        assert str(meeting) not in page.text


# -- how many ---------------------------------------------------------------------
@pytest.mark.django_db
def test_of_eight_weeks_only_the_next_goes_out(has_server, central, lena, rita):
    CadenceFactory(team=central)
    services.plan_due(now=NOW)
    assert Meeting.objects.count() >= 8

    assert invite(now=NOW) == 2
    assert [invite(now=NOW + number * DAY) for number in range(1, 8)].count(2) == 1


@pytest.mark.django_db
def test_a_whole_rhythm_begins_with_one_week_and_goes_on_with_one_a_meeting(
    has_server, central, ada, rita
):
    start_rhythm(
        RHYTHMS["weekly-b2b"],
        team=None,
        first_monday=NOW.date(),
        time_zone="",
        submission_key=uuid4(),
        by=ada,
    )
    services.plan_due(now=NOW)
    invite(now=NOW)
    first_day = len(to(rita))
    counts: list[int] = []
    for week in range(4):
        for day in range(7):
            now = NOW + week * timedelta(weeks=1) + day * DAY
            services.plan_due(now=now)
            invite(now=now)
        counts.append(len(to(rita)) - sum(counts))

    assert first_day == 6
    assert counts == [9, 4, 3, 4]


@pytest.mark.django_db
def test_after_three_days_down_only_what_is_ahead_goes_out(meeting, rita):
    later = NOW + 3 * DAY
    invite(now=later)
    assert sent() == []

    MeetingFactory(person=rita, team=None, chair=meeting.chair, starts_at=later + DAY)
    assert invite(now=later) == 2


@pytest.mark.django_db
def test_a_calendar_that_reads_the_address_gets_no_mail_by_itself(meeting, rita):
    CalendarFeed.objects.create(
        user=rita, token_sha256="x", made_at=NOW, used_at=NOW - DAY
    )
    invite(now=NOW)
    assert to(rita) == []

    Wishes.objects.create(user=rita, deliveries={KIND: Delivery.MAIL})
    invite(now=NOW)
    assert len(to(rita)) == 1


@pytest.mark.django_db
def test_an_address_that_nothing_reads_any_more_does_not_count(meeting, rita):
    CalendarFeed.objects.create(
        user=rita, token_sha256="x", made_at=NOW, used_at=NOW - 20 * DAY
    )
    invite(now=NOW)

    assert len(to(rita)) == 1


@pytest.mark.django_db
def test_what_was_sent_stays_right_when_a_calendar_reads_the_address(meeting, rita):
    invite(now=NOW)
    CalendarFeed.objects.create(user=rita, token_sha256="x", made_at=NOW, used_at=NOW)
    services.move(meeting, NOW + 3 * DAY, minutes=45, shown_version=None)
    invite_twice()

    assert len(to(rita)) == 2


@pytest.mark.django_db
def test_one_click_in_a_mail_ends_them(meeting, rita, client):
    invite(now=NOW)
    client.post(reverse("notices:unsubscribe", args=[token_of(rita.pk, kind_of(KIND))]))
    services.cancel(meeting, "A mistake", shown_version=None)
    invite_twice()

    assert len(to(rita)) == 1
    assert Wishes.objects.get(user=rita).delivery(KIND) == Delivery.NONE


@pytest.mark.django_db
def test_who_left_gets_none(meeting, rita):
    User.objects.filter(pk=rita.pk).update(is_active=False)
    invite(now=NOW)

    assert to(rita) == []


@pytest.mark.django_db
def test_without_a_mail_server_nobody_is_invited_and_later_they_are(meeting, settings):
    settings.HAS_MAIL_SERVER = False
    assert invite(now=NOW) == 0
    settings.HAS_MAIL_SERVER = True
    assert invite(now=NOW) == 2


@pytest.mark.django_db
def test_the_inbox_and_the_morning_mail_have_nothing_of_it(meeting, rita, as_user):
    invite(now=NOW)

    assert not Notice.objects.unread().filter(recipient=rita).exists()
    assert "Invitation" not in as_user(rita).get("/notices/").content.decode()
    assert not Notice.objects.for_next_digest(NOW + DAY).exists()


@pytest.mark.django_db
def test_they_go_out_every_few_minutes(meeting):
    tasks.tick(TickFactory(at=NOW))
    assert len(sent()) == 2
    services.cancel(meeting, "A mistake", shown_version=None)

    for minutes in (4, 5, 9):
        tasks.tick(TickFactory(at=NOW + timedelta(minutes=minutes)))
        assert len(sent()) == 2
    tasks.tick(TickFactory(at=NOW + timedelta(minutes=10)))
    assert len(sent()) == 4


@pytest.mark.django_db
def test_what_is_long_over_is_forgotten(meeting):
    invite(now=NOW)
    invite(now=NOW + 31 * DAY)

    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_statements_do_not_grow_with_the_meetings(
    meeting, central, lena, django_assert_max_num_queries
):
    for number in range(20):
        MeetingFactory(team=central, chair=lena, starts_at=NOW + number * DAY / 3)

    with django_assert_max_num_queries(20):
        assert invite(now=NOW) > 30


@pytest.mark.django_db(transaction=True)
def test_four_at_once_invite_once(has_server, central, lena, rita):
    for _ in range(5):
        MeetingFactory(team=central, chair=lena, starts_at=NOW + DAY)

    all_at_once(*[lambda: invite(now=NOW)] * 4)
    invite(now=NOW)

    assert len(sent()) == 10
