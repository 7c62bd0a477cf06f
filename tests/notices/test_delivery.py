"""Delivery, against a mail server that really talks SMTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from rhythm.notices import services
from rhythm.notices.models import (
    AttemptEnd,
    DeliveryAttempt,
    DeliveryClass,
    Notice,
    NoticeState,
)
from rhythm.notices.services import Draft, delivery, post
from rhythm.notices.tasks import tick
from tests.factories.ticks import TickFactory
from tests.notices.postman import postman, unused_port, use_server

__all__ = ["postman", "unused_port"]

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def dead_server(settings: Any, unused_port: int) -> None:
    use_server(settings, unused_port)


def draft(recipient: Any, **values: Any) -> Draft:
    plain: dict[str, Any] = {
        "kind": "test.note",
        "key": "test.note:1",
        "subject": "Grüße",
        "text": "Hello Rita.",
        "html": "<p>Hello Rita.</p>",
    }
    return Draft(recipient=recipient, **plain | values)


def posted(recipient: Any, **values: Any) -> Notice:
    assert post([draft(recipient, **values)], now=NOW) == 1
    return Notice.objects.get()


def deliver(notice: Notice, now: datetime = NOW) -> Notice:
    services.deliver(notice.pk, now=now)
    notice.refresh_from_db()
    return notice


def let_lease_run_out(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(
        claimed_until=Now() - timedelta(seconds=1)
    )


def test_a_notice_arrives_with_text_and_html(rita, postman):
    notice = deliver(posted(rita))

    assert notice.state == NoticeState.SENT
    assert notice.sent_at is not None
    (mail,) = postman.mails
    assert mail["To"] == "rita@example.com"
    assert mail["Subject"] == "Grüße"
    assert mail["Message-ID"] == notice.message_id
    assert mail.get_body(("plain",)).get_content().startswith("Hello Rita.")
    assert "<p>Hello" in mail.get_body(("html",)).get_content()


def test_delivering_twice_sends_once(rita, postman):
    notice = posted(rita)
    deliver(notice)

    assert services.deliver(notice.pk, now=NOW) is False
    assert len(postman.mails) == 1


def test_a_notice_waits_for_its_time(rita, postman):
    notice = posted(rita, due_at=NOW + timedelta(hours=1))

    assert deliver(notice).state == NoticeState.QUEUED
    assert deliver(notice, NOW + timedelta(hours=1)).state == NoticeState.SENT


def test_a_simulated_day_does_not_hurry_the_next_attempt(rita, dead_server):
    notice = deliver(posted(rita))

    assert services.deliver(notice.pk, now=NOW + timedelta(days=30)) is False
    notice.refresh_from_db()
    assert notice.attempts == 1


def test_what_makes_no_sense_any_more_does_not_go_out(rita, postman):
    over = NOW + timedelta(hours=1)
    notice = posted(rita, expires_at=over)

    assert deliver(notice, over).state == NoticeState.QUEUED
    tick(TickFactory(at=over))
    notice.refresh_from_db()

    assert notice.state == NoticeState.EXPIRED
    assert postman.mails == []


def test_what_comes_before_its_end_goes_out(rita, postman):
    notice = posted(rita, expires_at=NOW + timedelta(hours=1))

    assert deliver(notice, NOW + timedelta(minutes=59)).state == NoticeState.SENT


def test_what_was_too_late_can_be_sent_by_hand(rita, postman):
    notice = posted(rita, expires_at=NOW)
    services.expire(now=NOW)

    services.resend(notice, now=NOW)

    assert deliver(notice).state == NoticeState.SENT


def test_a_dead_server_is_tried_again_later_and_in_the_end_not(rita, dead_server):
    notice = posted(rita)

    for attempt in range(1, len(services.RETRY_AFTER) + 1):
        Notice.objects.update(retry_at=None)
        deliver(notice)
        assert (notice.state, notice.attempts) == (NoticeState.QUEUED, attempt)
        assert notice.due_at == NOW
        assert notice.retry_at is not None
        assert notice.retry_at > timezone.now()
        assert "refused" in notice.error.lower()
    Notice.objects.update(retry_at=None)

    assert deliver(notice).state == NoticeState.FAILED


def test_a_recipient_who_does_not_exist_fails_at_once(rita, postman):
    postman.rcpt_answer = "550 No such user"

    notice = deliver(posted(rita))

    assert notice.state == NoticeState.FAILED
    assert notice.error == "550 No such user"


def test_a_full_mailbox_is_tried_again(rita, postman):
    postman.rcpt_answer = "452 Mailbox full"

    assert deliver(posted(rita)).state == NoticeState.QUEUED


def test_a_refused_text_is_tried_again(rita, postman):
    postman.data_answer = "451 Try later"

    notice = deliver(posted(rita))

    assert (notice.state, notice.error) == (NoticeState.QUEUED, "451 Try later")


def test_a_line_that_breaks_after_the_text_ends_as_unknown(rita, postman):
    postman.hangs_up = True
    notice = posted(rita)
    with pytest.raises(OSError, match=r".*"):
        services.deliver(notice.pk, now=NOW)

    # Not before the lease is over: it may still be on its way.
    services.reap()
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENDING

    let_lease_run_out(notice)
    services.reap()
    notice.refresh_from_db()
    assert notice.state == NoticeState.UNKNOWN


def test_security_mail_is_sent_again_after_a_broken_line(rita, postman):
    postman.hangs_up = True
    notice = posted(rita, delivery_class=DeliveryClass.AT_LEAST_ONCE)
    with pytest.raises(OSError, match=r".*"):
        services.deliver(notice.pk, now=NOW)
    let_lease_run_out(notice)
    services.reap()

    postman.hangs_up = False
    notice.refresh_from_db()
    notice = deliver(notice, notice.due_at)

    assert notice.state == NoticeState.SENT
    assert postman.mails[0]["Message-ID"] == notice.message_id


def test_a_late_worker_does_not_overwrite_who_came_after(rita, postman):
    notice = posted(rita)
    late = delivery._claim(notice.pk, NOW)
    # Its lease ran out, an admin had it sent again, and another worker has it now.
    Notice.objects.update(state=NoticeState.QUEUED, attempts=0, claimed_until=None)
    assert delivery._claim(notice.pk, NOW)

    delivery._finish(late, AttemptEnd.REFUSED, "late", state=NoticeState.FAILED)

    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.SENDING, 1)


def test_every_attempt_is_kept_with_its_answer(rita, postman):
    postman.data_answer = "451 Try later"
    notice = deliver(posted(rita))
    postman.data_answer = "250 OK"
    Notice.objects.update(retry_at=None)
    deliver(notice)

    first, second = DeliveryAttempt.objects.all()
    assert (first.end, first.answer) == (AttemptEnd.REFUSED, "451 Try later")
    assert second.end == AttemptEnd.TAKEN
    assert first.ended_at is not None
    assert first.started_at < first.ended_at <= second.started_at


def test_an_attempt_whose_worker_died_is_closed_as_not_known(rita, postman):
    postman.hangs_up = True
    notice = posted(rita)
    with pytest.raises(OSError, match=r".*"):
        services.deliver(notice.pk, now=NOW)
    services.reap()
    assert DeliveryAttempt.objects.get().ended_at is None

    let_lease_run_out(notice)
    services.reap()

    attempt = DeliveryAttempt.objects.get()
    assert attempt.end == AttemptEnd.OPEN
    assert attempt.ended_at


def test_the_body_of_security_mail_is_gone_once_it_was_sent(rita, postman):
    notice = deliver(posted(rita, delivery_class=DeliveryClass.AT_LEAST_ONCE))

    assert (notice.text, notice.html) == ("", "")


def test_posting_the_same_occasion_twice_makes_one(rita, ada, postman):
    assert post([draft(rita), draft(rita)], now=NOW) == 1
    assert post([draft(rita), draft(ada, key="test.note:2")], now=NOW) == 1
    assert Notice.objects.count() == 2


def test_the_deactivated_get_security_mail_only(dora, postman):
    assert post([draft(dora)], now=NOW) == 0
    assert post([draft(dora, delivery_class=DeliveryClass.AT_LEAST_ONCE)], now=NOW)


def test_who_is_deactivated_while_it_waits_gets_nothing(rita, postman):
    notice = posted(rita)
    rita.is_active = False
    rita.save(update_fields=["is_active"])

    assert deliver(notice).state == NoticeState.FAILED
    assert postman.mails == []


def test_without_a_mail_server_a_notice_is_kept(rita, settings):
    settings.HAS_MAIL_SERVER = False

    assert posted(rita).state == NoticeState.KEPT


def test_who_has_no_email_finds_it_in_the_app(rita, postman):
    rita.email = None
    rita.save(update_fields=["email"])

    assert posted(rita).state == NoticeState.KEPT


def test_line_breaks_in_a_subject_cannot_add_a_header(rita, postman):
    notice = deliver(posted(rita, subject="Hi\r\nBcc: eve@example.com"))

    assert notice.state == NoticeState.SENT
    assert postman.mails[0]["Bcc"] is None


def test_an_address_that_is_none_fails_at_once(rita, postman):
    notice = deliver(posted(rita, address="rita@@example.com"))

    assert notice.state == NoticeState.FAILED


def test_sending_again_keeps_the_message_id(rita, postman):
    postman.rcpt_answer = "550 No such user"
    notice = deliver(posted(rita))
    before = notice.message_id
    postman.rcpt_answer = "250 OK"

    services.resend(notice, now=NOW)

    assert deliver(notice).state == NoticeState.SENT
    assert postman.mails[0]["Message-ID"] == before


def test_what_was_sent_is_not_sent_again(rita, postman):
    notice = deliver(posted(rita))

    with pytest.raises(ValidationError):
        services.resend(notice, now=NOW)


def test_the_tick_may_run_twice(rita, postman):
    posted(rita)

    tick(TickFactory(at=NOW))
    tick(TickFactory(at=NOW))

    assert Notice.objects.get().state == NoticeState.QUEUED


@pytest.mark.django_db(transaction=True)
def test_of_ten_workers_one_sends(rita, postman):
    notice = posted(rita)

    def work(number: int) -> bool:
        try:
            return services.deliver(notice.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        sent = list(pool.map(work, range(10)))

    assert sent.count(True) == 1
    assert len(postman.mails) == 1
