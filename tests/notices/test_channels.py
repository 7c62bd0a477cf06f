"""Posting to chat channels, against web servers that really listen."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models.functions import Now

from rhythm.notices import safe_http, services
from rhythm.notices.models import (
    AttemptEnd,
    Channel,
    ChannelKind,
    DeliveryAttempt,
    Notice,
    NoticeState,
    Occasion,
)
from rhythm.notices.services import Said, channels, post_to_channels
from rhythm.notices.tasks import deliver as deliver_task
from rhythm.notices.tasks import tick
from tests import sinks
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SAID = Said("Pipeline review, North", "9 deals, 4 commitments", "/reviews/1/minutes/")


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(safe_http, "TOTAL_SECONDS", 0.5)


def posted(key: str = "test:1", said: Said = SAID, **values: Any) -> Notice:
    values = {"team": None, "now": NOW} | values
    assert post_to_channels(Occasion.MINUTES, said, key=key, **values) == 1
    return Notice.objects.order_by("pk").last()


def deliver(notice: Notice) -> Notice:
    services.deliver(notice.pk, now=NOW)
    notice.refresh_from_db()
    return notice


def in_peace_no_more(channel: Channel) -> None:
    Channel.objects.filter(pk=channel.pk).update(paused_until=None)


def test_slack_gets_text_in_which_nothing_typed_means_anything(serve):
    server, _channel = serve()
    said = Said("<!channel> *North* & Co", "<https://evil.example|click>", "/x/")

    notice = deliver(posted(said=said))

    assert notice.state == NoticeState.SENT
    sent = server.requests[0].json
    assert sent["text"] == "&lt;!channel&gt; *North* &amp; Co"
    title, text, link = sent["blocks"]
    assert title["text"]["type"] == text["text"]["type"] == "plain_text"
    assert link["text"]["text"] == "<http://localhost:8000/x/|Open in Rhythm>"
    assert "rhythm-signature" not in server.requests[0].headers


def test_teams_gets_an_adaptive_card(serve):
    server, _channel = serve(kind=ChannelKind.TEAMS)

    deliver(posted())

    (attachment,) = server.requests[0].json["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert card["body"][0]["inlines"][0]["text"] == "Pipeline review, North"
    assert card["actions"][0]["url"] == "http://localhost:8000/reviews/1/minutes/"


def test_a_program_gets_signed_json_that_it_can_check(serve):
    server, _channel = serve(kind=ChannelKind.JSON, secret="first")

    notice = deliver(posted())

    (request,) = server.requests
    assert request.json["title"] == "Pipeline review, North"
    assert request.json["id"] == request.headers["rhythm-event"]
    assert request.json["id"] in notice.message_id
    signed = f"{request.headers['rhythm-timestamp']}.".encode() + request.body
    wanted = hmac.new(b"first", signed, hashlib.sha256).hexdigest()
    assert request.headers["rhythm-signature"] == f"v1={wanted}"


def test_both_secrets_sign_while_receivers_change_over(serve):
    from rhythm.notices import vault

    server, _channel = serve(
        kind=ChannelKind.JSON, secret="new", locked_old_secret=vault.lock("old")
    )

    deliver(posted())

    (request,) = server.requests
    signed = f"{request.headers['rhythm-timestamp']}.".encode() + request.body
    signatures = request.headers["rhythm-signature"].split(",")
    for secret, signature in zip((b"new", b"old"), signatures, strict=True):
        wanted = hmac.new(secret, signed, hashlib.sha256).hexdigest()
        assert signature == f"v1={wanted}"


def test_a_repetition_has_the_same_id_and_the_same_body(serve):
    server, channel = serve(sinks.ERROR, kind=ChannelKind.JSON)
    notice = deliver(posted())
    in_peace_no_more(channel)
    server.answers = sinks.OK

    assert deliver(notice).state == NoticeState.SENT
    first, second = server.requests
    assert first.body == second.body
    assert first.headers["rhythm-event"] == second.headers["rhythm-event"]


def test_without_a_mail_server_channels_are_still_posted_to(serve, settings):
    settings.HAS_MAIL_SERVER = False
    serve()

    assert deliver(posted()).state == NoticeState.SENT


@pytest.mark.parametrize(
    ("answers", "state", "end"),
    [
        (sinks.ERROR, NoticeState.QUEUED, AttemptEnd.REFUSED),
        (sinks.redirecting("http://localhost/"), NoticeState.QUEUED, "refused"),
        (b"HTTP/1.1 404 No\r\n\r\n", NoticeState.QUEUED, AttemptEnd.REFUSED),
        (b"HTTP/1.1 429 Slow\r\n\r\n", NoticeState.QUEUED, AttemptEnd.REFUSED),
        (b"HTTP/1.1 400 What\r\n\r\n", NoticeState.FAILED, AttemptEnd.REFUSED),
        (b"HTTP/1.1 200 OK\r\n\r\n<html>Sign in", NoticeState.QUEUED, "refused"),
        (b"HTTP/1.1 202 Yes\r\n\r\n", NoticeState.SENT, AttemptEnd.TAKEN),
        (sinks.huge, NoticeState.SENT, AttemptEnd.TAKEN),
        (sinks.drips_text, NoticeState.SENT, AttemptEnd.TAKEN),
        (b"HTTP/1.1 504 Gone\r\n\r\n", NoticeState.UNKNOWN, AttemptEnd.OPEN),
        (sinks.hangs_up, NoticeState.UNKNOWN, AttemptEnd.OPEN),
        (sinks.never_answers, NoticeState.UNKNOWN, AttemptEnd.OPEN),
        (sinks.drips, NoticeState.UNKNOWN, AttemptEnd.OPEN),
        (sinks.nonsense, NoticeState.UNKNOWN, AttemptEnd.OPEN),
    ],
)
def test_what_an_answer_proves(answers, state, end, serve, hurry):
    server, _channel = serve(answers)

    notice = deliver(posted())

    assert notice.state == state
    assert DeliveryAttempt.objects.get().end == end
    assert len(server.requests) == 1


@pytest.mark.parametrize("answers", [sinks.hangs_up, sinks.never_answers])
def test_what_a_program_may_have_got_is_sent_again_since_it_knows_ids(
    answers, serve, hurry
):
    serve(answers, kind=ChannelKind.JSON)

    assert deliver(posted()).state == NoticeState.QUEUED


def test_a_channel_that_misses_is_left_in_peace_as_a_whole(serve):
    server, channel = serve(sinks.ERROR)
    first, second = posted("test:1"), posted("test:2")
    deliver(first)

    assert services.deliver(second.pk, now=NOW) is False
    assert services.deliver(first.pk, now=NOW) is False
    assert len(server.requests) == 1
    assert not Notice.objects.due(NOW).next_by_channel().exists()
    in_peace_no_more(channel)
    assert list(Notice.objects.due(NOW).next_by_channel()) == [first]


def test_eight_tries_in_a_day_switch_it_off_and_tell_who_made_it(serve, lena):
    assert timedelta(hours=23) < sum(channels.PEACE, timedelta()) <= timedelta(hours=24)
    server, channel = serve(sinks.ERROR, made_by=lena, name="#north")
    notice, later = posted("test:1"), posted("test:2")

    for number in range(1, channels.TRIES + 1):
        in_peace_no_more(channel)
        deliver(notice)
        channel.refresh_from_db()
        assert len(server.requests) == number
        assert channel.is_active is (number < channels.TRIES)

    assert notice.state == NoticeState.FAILED
    assert "500" in channel.off_reason
    told = Notice.objects.get(kind="notices.channel_off")
    assert told.recipient == lena
    assert "#north" in told.subject
    # What waits is too late one day, unless the channel is switched on again.
    assert services.deliver(later.pk, now=NOW) is False
    assert services.expire(now=NOW + timedelta(days=3)) == 1


def test_admins_are_told_if_who_made_it_is_gone(serve, dora, ada):
    _server, _channel = serve(sinks.ERROR, made_by=dora, failures=channels.TRIES - 1)

    deliver(posted())

    assert Notice.objects.get(kind="notices.channel_off").recipient == ada


def test_an_answer_forgets_the_misses(serve):
    _server, channel = serve(failures=5)

    deliver(posted())

    channel.refresh_from_db()
    assert channel.failures == 0


def test_a_channel_holds_one_worker_however_much_waits(serve):
    server, _channel = serve()
    first, second = posted("test:1"), posted("test:2")
    Notice.objects.filter(pk=first.pk).update(
        state=NoticeState.SENDING, claimed_until=Now() + services.lease()
    )

    assert services.deliver(second.pk, now=NOW) is False
    assert server.requests == []


@pytest.mark.django_db(transaction=True)
def test_a_slow_channel_leaves_the_other_workers_free(serve, hurry):
    from concurrent.futures import ThreadPoolExecutor

    slow, _slow_channel = serve(sinks.never_answers)
    waiting = [posted(f"slow:{n}") for n in range(4)]
    Channel.objects.update(is_active=False)
    Channel.objects.update(is_active=True)

    def work(notice: Notice) -> bool:
        try:
            return services.deliver(notice.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, waiting))

    assert len(slow.requests) == 1


def test_the_tick_hints_at_one_notice_of_each_channel(serve, monkeypatch):
    hinted: list[int] = []
    monkeypatch.setattr(
        "rhythm.notices.tasks.hint", lambda task, pk, tick: hinted.append(pk)
    )
    serve(name="a")
    serve(name="b")
    for number in range(3):
        services.post_to_channels(
            Occasion.MINUTES, SAID, key=f"test:{number}", team=None, now=NOW
        )

    tick(TickFactory(at=NOW))

    oldest = Notice.objects.filter(key__startswith="test:0:")
    assert sorted(hinted) == sorted(oldest.values_list("pk", flat=True))


def test_when_one_is_through_the_next_of_its_channel_follows(serve, monkeypatch):
    hinted: list[int] = []
    monkeypatch.setattr(
        "rhythm.notices.tasks.hint", lambda task, pk, tick: hinted.append(pk)
    )
    serve()
    first, second = posted("test:1"), posted("test:2")

    deliver_task(first.pk, TickFactory(at=NOW).pk)

    assert hinted == [second.pk]


def test_only_the_channels_of_the_team_and_everybodys_are_told(serve, central, west):
    _server, own = serve(team=central)
    serve(team=west)
    _server, everybodys = serve()
    serve(team=central, occasions=[Occasion.HUDDLE])
    serve(team=central, is_active=False)

    post_to_channels(Occasion.MINUTES, SAID, key="test", team=central, now=NOW)

    told = set(Notice.objects.values_list("channel", flat=True))
    assert told == {own.pk, everybodys.pk}


def test_the_same_occasion_is_told_once(serve):
    serve()
    posted("test:1")

    again = post_to_channels(Occasion.MINUTES, SAID, key="test:1", team=None, now=NOW)
    assert again == 0


def test_deals_are_named_only_where_the_channel_says_so(serve):
    _server, quiet = serve()
    _server, open_ = serve(names_deals=True)
    named = Said("Review", "Brennecke: advance")

    post_to_channels(
        Occasion.MINUTES, SAID, key="test", team=None, now=NOW, named=named
    )

    assert Notice.objects.get(channel=open_).text == "Brennecke: advance"
    assert "Brennecke" not in Notice.objects.get(channel=quiet).text


def test_an_address_that_turned_inward_is_not_sent_to(serve, settings):
    server, _channel = serve()
    settings.WEBHOOK_HOSTS = ()

    notice = deliver(posted())

    assert notice.state == NoticeState.QUEUED
    assert server.connections == 0


def test_a_key_that_is_gone_leaves_the_address_unread(serve, settings):
    server, _channel = serve()
    settings.SECRET_KEY = "another" * 10

    notice = deliver(posted())

    assert "SECRET_KEY" in notice.error
    assert server.connections == 0


def test_no_address_and_no_secret_lies_open_anywhere(serve):
    _server, _channel = serve(sinks.ERROR, kind=ChannelKind.JSON, secret="open-sesame")
    deliver(posted())

    with connection.cursor() as cursor:
        for table in ("channel", "notice", "deliveryattempt"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM notices_{table} t")
            text = json.dumps(cursor.fetchall())
            assert "hook?key=1" not in text
            assert "open-sesame" not in text


def test_what_a_channel_may_have_got_is_sent_again_by_hand(serve, hurry):
    server, channel = serve(sinks.hangs_up)
    notice = deliver(posted())
    assert notice.state == NoticeState.UNKNOWN
    server.answers = sinks.OK
    in_peace_no_more(channel)

    services.resend(notice, now=NOW)

    assert deliver(notice).state == NoticeState.SENT


def test_nothing_is_sent_again_to_a_channel_that_is_off(serve):
    _server, _channel = serve()
    notice = posted()
    Notice.objects.update(state=NoticeState.FAILED)
    Channel.objects.update(is_active=False)

    with pytest.raises(ValidationError, match="off"):
        services.resend(notice, now=NOW)
