"""Telling channels, and what becomes of one that does not answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.notices.kinds import CHANNEL_TEST
from rhythm.notices.models import (
    Channel,
    ChannelKind,
    DeliveryClass,
    Notice,
    NoticeState,
    Occasion,
)
from rhythm.notices.services.posting import Draft, post
from rhythm.people.models import Team, User

# How long a channel is left in peace after its first, second, … miss in a row: eight
# tries in a day. Then it is switched off.
PEACE = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 420, 759))
TRIES = len(PEACE) + 1
# What was said in a channel two days ago is no news.
STALE_AFTER = timedelta(days=2)


@dataclass(frozen=True)
class Said:
    """What a channel reads: numbers and names that its whole team may know.

    Never a comment, a note, or anything that was said of a person. url is the
    path of the page, which asks each reader who they are.
    """

    title: str
    text: str = ""
    url: str = ""


def post_to_channels(
    occasion: Occasion,
    said: Said,
    *,
    key: str,
    team: Team | None,
    now: datetime,
    named: Said | None = None,
) -> int:
    """Tell the channels that want to know; return how many notices were new.

    key names the occasion, once for ever. team None concerns the whole organisation.
    named is for channels in which deals may be named. Call it in the transaction of
    what caused it, as `post`.
    """
    told = Channel.objects.told_of(occasion, team)
    drafts = [
        _draft(
            each,
            occasion,
            (named if each.names_deals else None) or said,
            f"{key}:channel:{each.pk}",
            now,
        )
        for each in told
    ]
    return post(drafts, now=now)


def post_to_channel(
    channel: Channel, occasion: Occasion, said: Said, *, key: str, now: datetime
) -> int:
    """Tell one channel what is for it alone; return 1 if that is new.

    key names the occasion and the channel, once for ever.
    """
    return post([_draft(channel, occasion, said, key, now)], now=now)


def _draft(channel: Channel, kind: str, said: Said, key: str, now: datetime) -> Draft:
    # Only a program can tell a repetition by its id.
    knows_ids = channel.kind == ChannelKind.JSON
    certain, once = DeliveryClass.AT_LEAST_ONCE, DeliveryClass.AT_MOST_ONCE
    return Draft(
        kind=kind,
        key=key,
        recipient=None,
        channel=channel,
        subject=said.title,
        text=said.text,
        url=said.url,
        delivery_class=certain if knows_ids else once,
        expires_at=now + STALE_AFTER,
    )


def send_test(channel: Channel, *, key: str, by: User, now: datetime) -> int:
    """Post a message to the channel that says who tries it; return 1 if it is new.

    It goes out even while the channel is left in peace, is tried once, and no miss of
    it is counted.
    """
    said = Said(
        title=_("A test from Rhythm"),
        text=_("%(name)s tries whether this channel is reached. It is.")
        % {"name": by.name},
        url=reverse("notices:channel_detail", args=[channel.pk]),
    )
    key = f"{key}:channel:{channel.pk}"
    draft = _draft(channel, CHANNEL_TEST, said, key, now)
    once = replace(draft, delivery_class=DeliveryClass.AT_MOST_ONCE)
    return post([once], now=now)


def next_to_the_same_channel(notice_id: int, *, now: datetime) -> int | None:
    """Return what waits longest for the channel of a notice that went out.

    None for mail, for a channel that did not answer, and when nothing waits.
    """
    done = Notice.objects.filter(pk=notice_id, state=NoticeState.SENT)
    following = Notice.objects.due(now).next_by_channel()
    same = following.filter(channel__in=done.values("channel"))
    return same.values_list("pk", flat=True).first()


def reached(channel: Channel) -> None:
    """Forget the misses of a channel that answers again."""
    if channel.failures:
        Channel.objects.filter(pk=channel.pk).update(failures=0, paused_until=None)


@transaction.atomic
def missed(notice: Notice, reason: str, *, now: datetime) -> bool:
    """Leave the notice's channel in peace for a while; return whether to go on.

    After the last try it is switched off, and whoever made it is told. A test that
    missed changes nothing: whoever asked for it sees that it did.
    """
    if notice.is_channel_test:
        return False
    channels = Channel.objects.select_for_update(of=("self",))
    channel = channels.select_related("made_by").get(notices=notice)
    channel.failures += 1
    goes_on = channel.failures < TRIES
    if goes_on:
        channel.paused_until = Now() + PEACE[channel.failures - 1]
    else:
        channel.is_active, channel.paused_until = False, None
        channel.off_reason = reason[:300]
        post(_farewells(channel, notice), now=now)
    channel.save(update_fields=["failures", "paused_until", "is_active", "off_reason"])
    return goes_on


def _farewells(channel: Channel, last: Notice) -> list[Draft]:
    """Return the mails about a channel that is off: to who made it, or to admins."""
    told = [channel.made_by]
    if not channel.made_by.is_active:
        told = list(User.objects.active().filter(is_admin=True).order_by("pk"))
    path = reverse("notices:channel_detail", args=[channel.pk])
    return [
        Draft(
            kind="notices.channel_off",
            key=f"notices.channel_off:{last.pk}:{channel.version}:{each.pk}",
            recipient=each,
            subject=_("%(channel)s was switched off") % {"channel": channel.name},
            text=_(
                "Nothing got to the channel %(channel)s in %(tries)d tries over a day, "
                "so Rhythm posts nothing there any more. The last answer was:"
                "\n\n%(reason)s\n\nCorrect its address, then switch it on again:"
            )
            % {
                "channel": channel.name,
                "tries": TRIES,
                "reason": channel.off_reason,
            }
            + f"\n\n{settings.APP_BASE_URL}{path}\n",
            url=path,
        )
        for each in told
    ]
