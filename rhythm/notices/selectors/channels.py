"""Chat channels, shaped for those who keep them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from rhythm.notices.kinds import CHANNEL_TEST
from rhythm.notices.models import Channel, ChannelKind, Notice, Occasion
from rhythm.notices.selectors.outbox import NoticeRow, notice_row
from rhythm.people.models import User
from rhythm.web.formats import day_clock

# Nobody keeps more; the list says so if somebody does.
MOST = 200
RECENT = 20


@dataclass(frozen=True)
class ChannelRow:
    """A channel in the list, or at the head of its page."""

    pk: int
    name: str
    kind: str
    whose: str
    address: str
    told_of: str
    names_deals: bool
    look: str
    icon: str
    state: str
    # What it says when it does not answer; "" when all is well.
    trouble: str


@dataclass(frozen=True)
class ChannelPage:
    """One channel, with what was posted there lately."""

    row: ChannelRow
    is_active: bool
    signs: bool
    has_two_secrets: bool
    recent: list[NoticeRow]
    # The last that asked whether it is reached; None if nobody ever did.
    test: NoticeRow | None


def channel_list(viewer: User, today: date) -> list[ChannelRow]:
    """Return the channels that `viewer` keeps, by name. Costs one query."""
    found = Channel.objects.visible_to(viewer).select_related("team")
    return [channel_row(each, today) for each in found[:MOST]]


def channel_page(channel: Channel, today: date) -> ChannelPage:
    """Return the page of a channel that was fetched for its viewer. Two queries."""
    recent = Notice.objects.filter(channel=channel).select_related("channel")
    recent = recent.defer("text", "html").order_by("-pk")
    test = recent.filter(kind=CHANNEL_TEST).first()
    return ChannelPage(
        row=channel_row(channel, today),
        is_active=channel.is_active,
        signs=channel.kind == ChannelKind.JSON,
        has_two_secrets=bool(channel.locked_old_secret),
        recent=[notice_row(each, today) for each in recent[:RECENT]],
        test=notice_row(test, today) if test else None,
    )


def channel_row(channel: Channel, today: date) -> ChannelRow:
    look, icon, state, trouble = _standing(channel, today)
    told = [str(Occasion(each).label) for each in channel.occasions]
    return ChannelRow(
        pk=channel.pk,
        name=channel.name,
        kind=channel.get_kind_display(),
        whose=channel.team.name if channel.team else _("The whole organisation"),
        address=channel.masked_address,
        told_of=" · ".join(told),
        names_deals=channel.names_deals,
        look=look,
        icon=icon,
        state=state,
        trouble=trouble,
    )


def _standing(channel: Channel, today: date) -> tuple[str, str, str, str]:
    if not channel.is_active:
        return "bad", "x-circle", _("Off"), channel.off_reason
    if channel.failures and channel.paused_until:
        again = day_clock(timezone.localtime(channel.paused_until), today)
        trouble = _("The last try failed. The next is not before %(again)s.")
        trouble %= {"again": again}
        return "warn", "exclamation-triangle", _("Silent"), trouble
    return "ok", "check-circle", _("On"), ""
