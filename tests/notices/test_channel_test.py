"""Trying whether a chat channel is reached, also while it is left in peace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from rhythm.notices import services
from rhythm.notices.models import Channel, Notice, NoticeState, Occasion
from rhythm.notices.services import Said
from rhythm.notices.tasks import deliver as deliver_task
from tests import sinks
from tests.factories.channels import ChannelFactory

pytestmark = pytest.mark.django_db

SAID = Said("Pipeline review, North", "9 deals, 4 commitments", "/reviews/1/minutes/")


@pytest.fixture
def in_peace():
    """A channel is that after a miss: until in an hour."""
    return {"failures": 3, "paused_until": timezone.now() + timedelta(hours=1)}


def asked(browser, channel: Channel) -> Notice:
    """Ask for a test, and let a worker do what it was hinted at."""
    assert browser.post(f"/notices/channels/{channel.pk}/test/").status_code == 302
    notice = Notice.objects.order_by("pk").last()
    deliver_task(notice.pk)
    notice.refresh_from_db()
    return notice


def waiting() -> Notice:
    services.post_to_channels(
        Occasion.MINUTES, SAID, key="m:1", team=None, now=timezone.now()
    )
    return Notice.objects.get(kind=Occasion.MINUTES)


def test_a_test_goes_out_while_the_channel_is_left_in_peace(
    ada, as_user, serve, in_peace
):
    server, channel = serve(**in_peace)
    minutes = waiting()
    assert services.deliver(minutes.pk, now=timezone.now()) is False

    assert asked(as_user(ada), channel).state == NoticeState.SENT

    assert len(server.requests) == 1
    channel.refresh_from_db()
    assert (channel.failures, channel.paused_until) == (0, None)
    # It is reached again, so what waited goes out as well.
    assert services.deliver(minutes.pk, now=timezone.now()) is True


def test_a_test_that_misses_ends_there_and_is_not_counted(
    ada, as_user, serve, in_peace
):
    server, channel = serve(sinks.ERROR, **in_peace)

    test = asked(as_user(ada), channel)

    assert test.state == NoticeState.FAILED
    assert services.deliver(test.pk, now=timezone.now()) is False
    assert len(server.requests) == 1
    channel.refresh_from_db()
    assert channel.failures == 3
    assert channel.paused_until == in_peace["paused_until"]


def test_a_channel_that_is_off_is_not_tried(ada, as_user, serve):
    server, channel = serve(is_active=False)

    assert asked(as_user(ada), channel).state == NoticeState.QUEUED
    assert server.requests == []


def test_the_result_is_shown_beside_the_button(ada, as_user, serve):
    _server, channel = serve(sinks.ERROR)
    browser, url = as_user(ada), f"/notices/channels/{channel.pk}/"
    assert "Test " not in browser.get(url).text.split('id="channel-test"')[1][:200]

    browser.post(f"{url}test/")
    page = browser.get(url).text
    assert ": Waiting" in page
    assert 'hx-trigger="every 2s"' in page

    services.deliver(Notice.objects.get().pk, now=timezone.now())
    part = browser.get(url, headers={"HX-Request": "true"}).text
    assert part.strip().startswith('<div id="channel"')
    assert ": Failed" in part
    assert "The last test got no good answer." in part
    assert "hx-trigger" not in part


@pytest.mark.parametrize("host", ["localhost", "nobody.invalid"])
def test_managers_do_not_learn_which_names_there_are_inside(
    ada, lena, central, as_user, settings, host
):
    settings.APP_BASE_URL = "https://rhythm.example.com"
    channel = ChannelFactory(url=f"https://{host}/hook", team=central)

    test = asked(as_user(lena), channel)

    same = "Its address is not allowed, or its host is not known."
    assert test.error == same
    page = as_user(lena).get(f"/notices/channels/{channel.pk}/").text
    assert same in page
    assert "private" not in page
    exact = as_user(ada).get(f"/notices/deliveries/{test.pk}/").text
    why = {"localhost": "special network", "nobody.invalid": "name is not known"}
    assert why[host] in exact


def test_nor_from_the_mail_about_a_channel_that_is_off(lena, central, settings):
    settings.APP_BASE_URL = "https://rhythm.example.com"
    channel = ChannelFactory(
        url="https://localhost/hook",
        team=central,
        made_by=lena,
        failures=services.channels.TRIES - 1,
    )

    now = timezone.now()
    services.post_to_channel(channel, Occasion.MINUTES, SAID, key="m:1", now=now)
    assert services.deliver(Notice.objects.get().pk, now=now) is False

    channel.refresh_from_db()
    assert channel.off_reason.startswith("Its address is not allowed, or")
    assert "special network" not in Notice.objects.get(recipient=lena).text
