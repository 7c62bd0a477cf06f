"""The admin's page of the outbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models.functions import Now
from django.urls import reverse_lazy

from rhythm.notices.models import (
    AttemptEnd,
    DeliveryAttempt,
    DeliveryClass,
    Notice,
    NoticeState,
    Restore,
)
from rhythm.notices.services import Draft, hold_what_was_due, post, send_test
from tests.factories.channels import ChannelFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIST = reverse_lazy("notices:notice_list")


@pytest.fixture
def mails(rita):
    """Post as many mails to Rita as asked for."""

    def make(number: int) -> None:
        drafts = [
            Draft("test", f"test:{n}", rita, f"Mail {n:03}", "<b>Hi</b>")
            for n in range(number)
        ]
        post(drafts, now=NOW)

    return make


def test_the_newest_come_first_and_older_ones_by_key(ada, mails, as_user):
    mails(60)
    browser = as_user(ada)
    page = browser.get("/notices/deliveries/").content.decode()
    assert "Mail 059" in page
    assert "Mail 009" not in page

    before = Notice.objects.get(subject="Mail 010").pk
    older = browser.get("/notices/deliveries/", {"before": before}).content.decode()
    assert "Mail 009" in older
    for odd in ("x", "-1", "9" * 40):
        assert browser.get("/notices/deliveries/", {"before": odd}).status_code == 200


def test_queries_do_not_grow_with_the_outbox(ada, mails, as_user, count_queries):
    browser = as_user(ada)
    mails(1)
    few = count_queries(lambda: browser.get("/notices/deliveries/"))
    Notice.objects.all().delete()

    mails(11)
    assert count_queries(lambda: browser.get("/notices/deliveries/")) == few <= 12


def test_the_list_is_filtered_by_state(ada, mails, as_user):
    mails(2)
    Notice.objects.filter(key="test:1").update(state=NoticeState.FAILED, error="550 No")
    page = (
        as_user(ada).get("/notices/deliveries/", {"state": "failed"}).content.decode()
    )

    assert "Mail 001" in page
    assert "550 No" in page
    assert "Mail 000" not in page


def test_markup_in_a_mail_is_shown_and_not_run(ada, mails, as_user):
    mails(1)
    page = (
        as_user(ada)
        .get(f"/notices/deliveries/{Notice.objects.get().pk}/")
        .content.decode()
    )

    assert "&lt;b&gt;Hi&lt;/b&gt;" in page


def test_a_failed_mail_is_sent_again(ada, mails, as_user, settings):
    settings.HAS_MAIL_SERVER = True
    mails(1)
    Notice.objects.update(state=NoticeState.FAILED, attempts=6)
    notice = Notice.objects.get()

    assert (
        as_user(ada).post(f"/notices/deliveries/{notice.pk}/resend/").status_code == 302
    )
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.QUEUED, 0)


def test_a_test_mail_goes_to_who_asked(ada, as_user):
    as_user(ada).post("/notices/deliveries/test/")

    assert Notice.objects.get().recipient == ada


def test_mail_that_lets_somebody_in_is_not_read_by_admins(ada, rita, as_user, settings):
    settings.HAS_MAIL_SERVER = True
    secret = Draft(
        "account.reset",
        "account.reset:1",
        rita,
        "Reset",
        "the-secret-link",
        delivery_class=DeliveryClass.AT_LEAST_ONCE,
    )
    post([secret], now=NOW)
    page = (
        as_user(ada)
        .get(f"/notices/deliveries/{Notice.objects.get().pk}/")
        .content.decode()
    )

    assert "the-secret-link" not in page


@pytest.fixture
def held(mails, settings):
    """Three mails to Rita that a restore holds."""
    settings.HAS_MAIL_SERVER = True
    mails(3)
    hold_what_was_due(taken_at=NOW - timedelta(hours=8), now=NOW)


def test_what_a_restore_held_is_shown_with_the_reason(ada, held, as_user):
    page = as_user(ada).get("/notices/deliveries/").content.decode()

    assert "3 mails are held until you decide." in page
    assert "from a backup of" in page


def test_what_was_held_is_released_at_once(ada, held, as_user):
    assert as_user(ada).post("/notices/deliveries/held/release/").status_code == 302

    states = set(Notice.objects.values_list("state", flat=True))
    assert states == {NoticeState.QUEUED}
    assert (
        "until you decide"
        not in as_user(ada).get("/notices/deliveries/").content.decode()
    )


def test_what_was_held_is_kept_here_without_a_mail_server(ada, held, as_user, settings):
    settings.HAS_MAIL_SERVER = False
    as_user(ada).post("/notices/deliveries/held/release/")

    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.KEPT}


def test_what_was_held_for_a_channel_goes_out_without_a_mail_server(
    ada, as_user, settings
):
    settings.HAS_MAIL_SERVER = False
    send_test(ChannelFactory(), key="k", by=ada, now=NOW)
    hold_what_was_due(taken_at=NOW, now=NOW)

    as_user(ada).post("/notices/deliveries/held/release/")

    assert Notice.objects.get().state == NoticeState.QUEUED


def test_what_was_held_is_dropped_and_can_still_be_sent_one_by_one(ada, held, as_user):
    browser = as_user(ada)
    browser.post("/notices/deliveries/held/drop/")
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.DROPPED}

    notice = Notice.objects.order_by("pk")[0]
    browser.post(f"/notices/deliveries/{notice.pk}/resend/")
    notice.refresh_from_db()
    assert notice.state == NoticeState.QUEUED


def test_a_restore_holds_what_was_due_and_not_what_will_be(rita, settings):
    settings.HAS_MAIL_SERVER = True
    for key, due_at in (("due", NOW), ("later", NOW + timedelta(days=1))):
        post([Draft("test", key, rita, key, "", due_at=due_at)], now=NOW)
    post([Draft("test", "going", rita, "going", "")], now=NOW)
    Notice.objects.filter(key="going").update(
        state=NoticeState.SENDING, claimed_until=NOW
    )

    assert hold_what_was_due(taken_at=NOW, now=NOW) == 2
    assert list(Notice.objects.filter(state="queued")) == [
        Notice.objects.get(key="later")
    ]


def test_an_occasion_from_before_a_restore_is_held_when_it_is_posted_again(
    rita, settings
):
    settings.HAS_MAIL_SERVER = True
    Restore.objects.create(restored_at=NOW, taken_at=NOW - timedelta(days=1))
    now = NOW + timedelta(minutes=1)
    old = Draft("test", "old", rita, "Old", "", due_at=NOW - timedelta(hours=1))
    new = Draft("test", "new", rita, "New", "", due_at=NOW + timedelta(seconds=1))

    post([old, new], now=now)

    assert Notice.objects.get(key="old").state == NoticeState.HELD
    assert Notice.objects.get(key="new").state == NoticeState.QUEUED


def test_the_list_is_narrowed_by_kind_channel_and_person(ada, mails, as_user):
    mails(1)
    channel = ChannelFactory(name="#north", made_by=ada)
    send_test(channel, key="t", by=ada, now=NOW)
    browser = as_user(ada)

    def page(**asked: object) -> str:
        return browser.get(LIST, asked).content.decode()

    assert "Mail 000" in page(kind="test")
    assert "A test from" not in page(kind="test")
    assert "A test from" in page(channel=channel.pk)
    assert "Mail 000" not in page(channel=channel.pk)
    assert "Mail 000" in page(person="reyes")
    assert "Mail 000" not in page(person="otto")


def test_every_kind_is_offered_by_its_name_whatever_was_posted(ada, as_user):
    page = as_user(ada).get(LIST).text

    assert '<option value="comments.mention">Comments: your name</option>' in page
    assert '<option value="account">Sign-in: passwords' in page


def test_kinds_that_nobody_chooses_are_found_too(ada, rita, as_user):
    for kind in ("account.password_reset_key", "notices.test", "odd.one"):
        post([Draft(kind, kind, rita, f"It is {kind}", "")], now=NOW)
    browser = as_user(ada)

    for asked, found in (("account", "account."), ("other", "odd.one")):
        page = browser.get(LIST, {"kind": asked}).text
        assert page.count("It is ") == 1
        assert f"It is {found}" in page


def test_an_empty_outbox_says_what_was_asked_and_how_to_widen_it(ada, as_user):
    channel = ChannelFactory(name="#north", made_by=ada)
    asked = {"state": "failed", "kind": "comments.mention", "channel": channel.pk}
    page = as_user(ada).get(LIST, asked | {"person": "<b>"}).text

    said = "Failed · Comments: your name · #north · “&lt;b&gt;”"
    assert f"Asked for: {said}." in page
    assert f'href="{LIST}">Clear filters</a>' in page
    assert "Asked for" not in as_user(ada).get(LIST).text


def test_every_attempt_is_shown_with_its_answer(ada, mails, as_user):
    mails(1)
    notice = Notice.objects.get()
    DeliveryAttempt.objects.create(
        notice=notice, ended_at=Now(), end=AttemptEnd.REFUSED, answer="451 Try later"
    )
    DeliveryAttempt.objects.create(notice=notice)

    page = as_user(ada).get(f"{LIST}{notice.pk}/").content.decode()

    assert "451 Try later" in page
    assert "Not accepted" in page
    assert "Under way" in page
