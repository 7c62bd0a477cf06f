"""Reminders of what has begun leave the inbox, unless somebody wants them back."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from rhythm.notices import selectors, services
from rhythm.notices.models import Notice
from rhythm.notices.tasks import tick
from tests.factories.ticks import TickFactory
from tests.notices.test_inbox import NARROWED, NOW, act, friday, page, told

# Fixtures of the inbox.
__all__ = ["friday", "told"]


def test_a_reminder_of_what_has_begun_leaves_what_is_open(told, rita):
    told(2, kind="meetings.reminder", expires_at=NOW + timedelta(hours=1))
    tick(TickFactory(at=NOW, previous_at=None))
    later = Notice.objects.order_by("pk").last()
    services.snooze(later, until=NOW + timedelta(days=1), now=NOW)
    read = selectors.inbox(rita, NARROWED, now=NOW)
    assert [each.subject for each in read.rows] == ["News 000"]

    tick(TickFactory(at=NOW + timedelta(minutes=59)))
    assert not Notice.objects.exclude(done_at=None).exists()
    tick(TickFactory(at=NOW + timedelta(hours=1)))

    done = Notice.objects.exclude(done_at=None)
    assert [each.subject for each in done] == ["News 000"]


def test_what_the_morning_mail_has_still_to_say_does_not_leave(told, rita):
    told(1, kind="meetings.reminder", expires_at=NOW + timedelta(hours=1))
    services.arrive(now=NOW)
    later = NOW + timedelta(hours=2)

    Notice.objects.update(for_digest=True, digested_at=None)
    assert services.put_away(now=later) == 0
    Notice.objects.update(digested_at=NOW)
    assert services.put_away(now=later) == 1


def test_what_has_passed_and_is_wanted_back_stays_until_it_is_done(rita, told, as_user):
    (notice,) = told(1, kind="meetings.reminder", expires_at=NOW + timedelta(hours=1))
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        tick(TickFactory(at=NOW + timedelta(hours=2)))
        browser = as_user(rita)
        assert "News 000" not in page(browser)
        act(browser, "reopen", notice)
        tick(TickFactory(at=NOW + timedelta(hours=3)))
        assert "News 000" in page(browser)

        act(browser, "done", notice)
        assert "News 000" in page(browser, show="done")
