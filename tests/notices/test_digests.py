"""The morning mail: one a day, of what came and is still open."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection

from rhythm.notices import services
from rhythm.notices.kinds import DIGEST, Delivery
from rhythm.notices.models import Notice, NoticeState, Wishes
from rhythm.notices.services import Draft, post, send_digests
from rhythm.notices.tasks import tick
from tests.factories.comments import CommentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory

# Friday 07:30 in Berlin.
MORNING = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
BEFORE = MORNING - timedelta(hours=10)
KIND = "commitments.due"


@pytest.fixture(autouse=True)
def mail_server(settings: Any) -> None:
    settings.HAS_MAIL_SERVER = True


def told(person: Any, *subjects: str, now: datetime = BEFORE, **values: Any) -> None:
    drafts = [
        Draft(
            key=f"{each}:{person.pk}",
            recipient=person,
            subject=each,
            text="",
            **({"kind": KIND, "url": "/x/"} | values),
        )
        for each in subjects
    ]
    post(drafts, now=now)


def digests() -> list[Notice]:
    return list(Notice.objects.filter(kind=DIGEST.key).order_by("pk"))


def test_what_came_is_in_one_mail_in_the_own_morning(rita):
    told(rita, "Call Hartwell", "Send the offer")

    assert send_digests(now=MORNING - timedelta(minutes=1)) == 0
    assert send_digests(now=MORNING) == 1

    (mail,) = digests()
    assert mail.key == f"notices.digest:{rita.pk}:2026-11-20"
    assert mail.state == NoticeState.QUEUED
    assert mail.expires_at == MORNING + timedelta(hours=12)
    for body in (mail.text, mail.html):
        assert "Call Hartwell" in body
        assert "Send the offer" in body
        assert "/x/" in body
    # It holds the others and is no news itself.
    assert mail not in Notice.objects.in_inbox_of(rita)


def test_no_notice_that_is_in_it_goes_by_itself(rita):
    told(rita, "Call Hartwell")

    tick(TickFactory(at=MORNING))

    assert [each.kind for each in Notice.objects.due(MORNING)] == [DIGEST.key]


def test_it_comes_once_a_day(rita):
    told(rita, "One")
    send_digests(now=MORNING)
    told(rita, "Two", now=MORNING + timedelta(hours=1))

    assert send_digests(now=MORNING + timedelta(hours=2)) == 0
    # The next weekday is Monday.
    assert send_digests(now=MORNING + timedelta(days=1)) == 0
    assert send_digests(now=MORNING + timedelta(days=3)) == 1


def test_with_nothing_new_there_is_none(rita):
    assert send_digests(now=MORNING) == 0
    told(rita, "One")
    send_digests(now=MORNING)

    assert send_digests(now=MORNING + timedelta(days=3)) == 0


def test_what_was_done_before_is_not_in_it(rita):
    told(rita, "One", "Two")
    services.finish(Notice.objects.get(subject="One"), now=BEFORE)
    send_digests(now=MORNING)

    assert "One" not in digests()[0].text


def test_what_was_in_one_and_is_still_open_is_said_below(rita):
    told(rita, "Old thing")
    send_digests(now=MORNING)
    monday = MORNING + timedelta(days=3)
    told(rita, "New thing", now=monday - timedelta(hours=1))
    send_digests(now=monday)

    text = digests()[1].text
    assert text.index("New thing") < text.index("Still open") < text.index("Old thing")


def test_what_did_not_go_out_in_time_is_over_in_it(rita):
    told(rita, "Review begins at 9", kind="meetings.reminder", due_at=BEFORE)
    over = BEFORE + timedelta(hours=1)
    Notice.objects.update(expires_at=over)

    tick(TickFactory(at=MORNING))

    assert Notice.objects.get(subject="Review begins at 9").state == NoticeState.EXPIRED
    text = digests()[0].text
    assert text.index("Over by now") < text.index("Review begins at 9")


def test_it_is_too_late_in_the_evening(rita):
    told(rita, "One")

    assert send_digests(now=MORNING + timedelta(hours=12)) == 0


def test_each_gets_it_in_the_own_zone(rita, lena):
    rita.time_zone = "America/New_York"
    rita.save(update_fields=["time_zone"])
    told(rita, "One")
    told(lena, "Two")

    send_digests(now=MORNING)
    assert {each.recipient for each in digests()} == {lena}
    send_digests(now=MORNING + timedelta(hours=6))
    assert {each.recipient for each in digests()} == {lena, rita}


def test_one_chooses_the_hour_and_the_days(rita):
    Wishes.objects.create(user=rita, digest_at=time(9), digest_days=[6])
    told(rita, "One")

    assert send_digests(now=MORNING) == 0
    saturday = MORNING + timedelta(days=1, hours=1, minutes=30)
    assert send_digests(now=saturday - timedelta(minutes=1)) == 0
    assert send_digests(now=saturday) == 1


def test_who_switched_it_off_gets_none(rita):
    Wishes.objects.create(user=rita, has_digest=False)
    told(rita, "One")

    assert send_digests(now=MORNING) == 0
    assert Notice.objects.in_inbox_of(rita).count() == 1


def test_a_kind_that_one_wants_in_it_comes_in_it(rita):
    chosen = {"comments.mention": Delivery.DIGEST.value}
    Wishes.objects.create(user=rita, deliveries=chosen)
    told(rita, "You were called", kind="comments.mention")

    send_digests(now=MORNING)

    assert "You were called" in digests()[0].text


def test_of_what_one_may_not_read_any_more_it_says_no_word(rita, otto, lena):
    comment = CommentFactory(opportunity=OpportunityFactory(owner=rita), author=lena)
    guard = {"guard": "comment", "guarded_id": comment.pk}
    told(rita, "Secret pumps", **guard)
    told(rita, "Open thing")
    comment.opportunity.owner = otto
    comment.opportunity.save(update_fields=["owner"])

    send_digests(now=MORNING)

    assert "Secret pumps" not in digests()[0].text
    assert "1 thing " in digests()[0].subject


def test_the_deactivated_get_none(rita):
    told(rita, "One")
    rita.is_active = False
    rita.save(update_fields=["is_active"])

    assert send_digests(now=MORNING) == 0


def test_queries_do_not_grow_with_those_who_had_theirs(rita, count_queries):
    told(rita, "One")
    send_digests(now=MORNING)
    told(rita, "Two", now=MORNING)
    few = count_queries(lambda: send_digests(now=MORNING))
    for number in range(5):
        person = UserFactory(email=f"p{number}@example.com")
        told(person, "One")
    send_digests(now=MORNING)
    for person in {each.recipient for each in digests()}:
        told(person, "Three", now=MORNING)

    assert count_queries(lambda: send_digests(now=MORNING)) == few


@pytest.mark.django_db(transaction=True)
def test_of_two_ticks_at_once_one_posts_it(rita):
    told(rita, "One", "Two")

    def work(_number: int) -> int:
        try:
            return send_digests(now=MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        posted = list(pool.map(work, range(4)))

    assert sum(posted) == 1
    assert len(digests()) == 1
