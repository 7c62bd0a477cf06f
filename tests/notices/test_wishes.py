"""How people want to be told, and the way out of a kind of mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django.urls import reverse

from rhythm.notices import services
from rhythm.notices.forms import shown
from rhythm.notices.kinds import BY_KEY, DIGEST, KINDS, Delivery
from rhythm.notices.models import DeliveryClass, Notice, NoticeState, Wishes
from rhythm.notices.services import Draft, post
from rhythm.notices.tasks import tick
from rhythm.notices.unsubscribing import token_of
from tests.factories.ticks import TickFactory
from tests.notices.postman import postman, unused_port

__all__ = ["postman", "unused_port"]
# A Friday, 10:00 in Berlin.
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NIGHT = NOW.replace(hour=22)
URL = "/notices/preferences/"
MINUTES = BY_KEY["reviews.minutes"]


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel(NOW, tick=False):
        yield


def posted(person: Any, now: datetime = NOW, **values: Any) -> Notice:
    plain = {"kind": MINUTES.key, "key": "k", "subject": "Minutes", "text": "Hello."}
    post([Draft(recipient=person, **(plain | values))], now=now)  # type: ignore[arg-type]
    return Notice.objects.get(key=values.get("key", "k"))


def deliver(notice: Notice, now: datetime = NOW) -> Notice:
    services.deliver(notice.pk, now=now)
    notice.refresh_from_db()
    return notice


def wish(person: Any, **values: Any) -> Wishes:
    made, _new = Wishes.objects.update_or_create(user=person, defaults=values)
    return made


# -- which way ---------------------------------------------------------------------
def test_what_one_wants_in_the_inbox_only_goes_by_no_mail(rita, postman):
    wish(rita, deliveries={MINUTES.key: Delivery.INBOX})

    notice = deliver(posted(rita))

    assert notice.state == NoticeState.INBOX
    assert not notice.for_digest
    assert postman.mails == []
    assert Notice.objects.in_inbox_of(rita).exists()


def test_a_kind_goes_as_the_catalogue_says_unless_one_chose(rita, postman):
    assert posted(rita).state == NoticeState.QUEUED
    missed = posted(rita, kind="meetings.missed", key="m")
    assert (missed.state, missed.for_digest) == (NoticeState.INBOX, True)

    wish(rita, deliveries={"meetings.missed": Delivery.MAIL})

    again = posted(rita, kind="meetings.missed", key="m2")
    assert again.state == NoticeState.QUEUED


def test_the_wish_counts_when_it_arrives_and_not_when_it_was_planned(rita, postman):
    at = NOW + timedelta(hours=2)
    notice = posted(rita, due_at=at)
    wish(rita, deliveries={MINUTES.key: Delivery.INBOX})

    tick(TickFactory(at=at))

    notice.refresh_from_db()
    assert notice.state == NoticeState.INBOX


def test_quiet_hours_hold_a_mail_until_they_end(rita, postman):
    wish(rita, quiet_from=time(20), quiet_to=time(7))
    notice = posted(rita, NIGHT)
    # 07:00 in Berlin.
    ends = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

    assert deliver(notice, ends - timedelta(minutes=1)).state == NoticeState.QUEUED
    assert deliver(notice, ends).state == NoticeState.SENT


def test_what_is_held_by_quiet_hours_stands_in_the_inbox_at_once(rita, postman):
    wish(rita, quiet_from=time(20), quiet_to=time(7))
    notice = posted(rita, NIGHT)

    assert notice in Notice.objects.in_inbox_of(rita).open(NIGHT)


def test_mail_that_lets_somebody_in_is_never_held(rita, postman):
    wish(rita, quiet_from=time(20), quiet_to=time(7), deliveries={"other": "inbox"})
    secret = DeliveryClass.AT_LEAST_ONCE

    notice = posted(rita, NIGHT, kind="account.reset", delivery_class=secret)

    assert deliver(notice, NIGHT).state == NoticeState.SENT


def test_an_admin_sends_in_quiet_hours_too(rita, postman):
    wish(rita, quiet_from=time(20), quiet_to=time(7))
    notice = posted(rita, NIGHT)
    Notice.objects.update(state=NoticeState.FAILED)

    services.resend(notice, now=NIGHT)

    assert deliver(notice, NIGHT).state == NoticeState.SENT


def test_after_an_outage_what_is_late_comes_in_one_mail(rita, postman):
    for number in range(5):
        posted(rita, key=f"waits:{number}")
        posted(rita, key=f"planned:{number}", due_at=NOW + timedelta(hours=1))
    # Nothing ran until Monday, 08:00 in Berlin.
    monday = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

    tick(TickFactory(at=monday))

    due = Notice.objects.due(monday)
    assert [each.kind for each in due] == [DIGEST.key]
    assert "10 things" in due[0].subject
    assert Notice.objects.in_inbox_of(rita).open(monday).count() == 10


def test_what_a_dead_mail_server_delays_is_tried_by_itself(rita, postman):
    postman.rcpt_answer = "451 Later"
    notice = deliver(posted(rita))
    postman.rcpt_answer = "250 OK"
    Notice.objects.update(retry_at=None)
    later = NOW + timedelta(hours=5)

    services.combine_late(now=later)

    assert deliver(notice, later).state == NoticeState.SENT


# -- the page ----------------------------------------------------------------------
def answers(person: Any, **changed: Any) -> dict[str, Any]:
    mine = Wishes.objects.filter(user=person).first() or Wishes(user=person)
    plain = {name: "" if v is None else v for name, v in shown(mine).items()}
    if not plain["has_digest"]:
        del plain["has_digest"]
    return plain | {"version": mine.version} | changed


def test_one_chooses_what_comes_and_when(rita, as_user):
    data = answers(
        rita,
        kind_reviews_minutes="digest",
        quiet_from="20:00",
        quiet_to="07:00",
        digest_at="06:45",
        digest_days=["1", "3"],
    )

    assert as_user(rita).post(URL, data).status_code == 302

    wishes = Wishes.objects.get(user=rita)
    assert wishes.deliveries == {"reviews.minutes": "digest"}
    assert (wishes.quiet_from, wishes.quiet_to) == (time(20), time(7))
    assert (wishes.digest_at, wishes.digest_days) == (time(6, 45), [1, 3])


@pytest.mark.parametrize(
    "odd",
    [
        {"quiet_from": "20:00"},
        {"quiet_to": "07:00"},
        {"digest_days": []},
        {"digest_days": ["8"]},
        {"digest_at": ""},
        {"digest_at": "25:00"},
        {"kind_reviews_minutes": "pigeon"},
    ],
)
def test_what_makes_no_sense_is_refused(rita, as_user, odd):
    assert as_user(rita).post(URL, answers(rita, **odd)).status_code == 422
    assert not Wishes.objects.exists()


def test_without_a_morning_mail_its_days_are_of_no_matter(rita, as_user):
    data = answers(rita, digest_days=[])
    del data["has_digest"]

    assert as_user(rita).post(URL, data).status_code == 302
    assert not Wishes.objects.get().has_digest


def test_two_that_change_it_at_once_are_told(rita, as_user):
    browser = as_user(rita)
    stale = answers(rita, kind_reviews_minutes="inbox")
    browser.post(URL, answers(rita, kind_comments_mention="inbox"))

    response = browser.post(URL, stale)

    assert response.status_code == 409
    assert Wishes.objects.get().deliveries == {"comments.mention": "inbox"}


def test_what_waits_goes_as_one_wants_it_from_now_on(rita, postman, as_user):
    wish(rita, quiet_from=time(9), quiet_to=time(12))
    notice = posted(rita)
    assert notice.waits_until

    as_user(rita).post(URL, answers(rita, kind_reviews_minutes="inbox"))

    notice.refresh_from_db()
    assert notice.state == NoticeState.INBOX


def test_the_page_says_it_in_the_words_of_the_catalogue(rita, as_user):
    page = as_user(rita).get(URL).content.decode()

    assert all(str(each.label) in page for each in KINDS)


# -- one click ---------------------------------------------------------------------
def way_out(mail: Any) -> str:
    found = re.fullmatch(r"<(\S+)>", mail["List-Unsubscribe"])
    assert found
    return found[1]


def test_every_mail_says_why_it_came_and_how_it_ends(rita, postman):
    deliver(posted(rita, html="<html><body><p>Hi</p></body></html>"))

    (mail,) = postman.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = way_out(mail)
    text = mail.get_body(("plain",)).get_content().replace("\r", "")
    assert text.startswith("Hello.\n\n-- \nYou get this mail because you took part")
    assert url in text
    html = mail.get_body(("html",)).get_content()
    assert f'href="{url}"' in html
    assert html.rstrip().endswith("</body></html>")
    # In one piece over the line, as mail programs read it.
    unfolded = re.sub(rb"\r\n[ \t]", b" ", postman.raw[0])
    assert re.search(rb"\r\nList-Unsubscribe: +<%s>\r\n" % url.encode(), unfolded)


def test_mail_that_lets_somebody_in_has_no_way_out(rita, postman):
    secret = DeliveryClass.AT_LEAST_ONCE
    deliver(posted(rita, kind="account.reset", delivery_class=secret))

    (mail,) = postman.mails
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Unsubscribe-Post"] is None
    assert mail.get_body(("plain",)).get_content().strip() == "Hello."


def test_one_click_ends_it_without_a_sign_in_or_a_page(rita, postman):
    deliver(posted(rita))
    path = "/" + way_out(postman.mails[0]).split("/", 3)[3]
    program = Client(enforce_csrf_checks=True)

    response = program.post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert deliver(posted(rita, key="k2")).state == NoticeState.INBOX
    # Of that kind alone.
    assert posted(rita, kind="comments.mention", key="c").state == NoticeState.QUEUED


def test_looking_at_the_link_changes_nothing(rita):
    path = reverse("notices:unsubscribe", args=[token_of(rita.pk, MINUTES)])

    page = Client().get(path)

    assert page.status_code == 200
    assert "the minutes" in page.content.decode()
    assert not Wishes.objects.exists()


def test_clicking_twice_is_like_once(rita):
    path = reverse("notices:unsubscribe", args=[token_of(rita.pk, MINUTES)])
    for _time in range(2):
        assert Client().post(path).status_code == 200

    assert Wishes.objects.get().deliveries == {MINUTES.key: "inbox"}


def test_the_morning_mail_is_ended_by_its_own_link(rita):
    path = reverse("notices:unsubscribe", args=[token_of(rita.pk, DIGEST)])

    Client().post(path)

    assert not Wishes.objects.get(user=rita).has_digest


@pytest.mark.parametrize("token", ["x", "1-other", "1-other:AAAA", ":", "9" * 300])
def test_a_link_that_nobody_signed_leads_nowhere(rita, token):
    path = reverse("notices:unsubscribe", args=[token])

    assert Client().get(path).status_code == 404
    assert Client().post(path).status_code == 404


def test_a_token_of_another_purpose_leads_nowhere(rita):
    token = signing.Signer(salt="other").sign(f"{rita.pk}-{MINUTES.key}")

    path = reverse("notices:unsubscribe", args=[token])
    assert Client().post(path).status_code == 404
