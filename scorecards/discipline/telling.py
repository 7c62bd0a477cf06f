"""The week's line for chat channels: was the rhythm kept, in numbers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from rhythm.calendar.models import Meeting
from rhythm.notices.models import Channel, Notice, Occasion
from rhythm.notices.services import Said, post_to_channel
from rhythm.people.models import Organisation, Team
from rhythm.web.formats import dated, percent
from scorecards.discipline.figures import words
from scorecards.discipline.mailing import WEEKDAY, last_friday, may_be_told
from scorecards.discipline.selectors.kept import Tally, counts, due_between

# How often it is looked for.
EVERY = timedelta(minutes=15)


def tell_channels(*, now: datetime) -> int:
    """Post the week to the channels that want it; return how many were told.

    On Friday afternoon, on the organisation's wall, or when that is made up for. Each
    reads of its own team and those below, one of the organisation's of everybody;
    nothing where nothing was due. What is with one person alone does not count. Two
    queries, and three for each channel that is told; none on most days.
    """
    if not may_be_told(now):
        return 0
    zone = ZoneInfo(Organisation.current().time_zone)
    friday = last_friday(zone.key, now)
    if friday is None:
        return 0
    monday = friday.date() - timedelta(days=WEEKDAY)
    wanting = Channel.objects.filter(
        is_active=True, occasions__contains=[Occasion.WEEKLY]
    ).select_related("team")
    keys = {f"{Occasion.WEEKLY}:{friday.date()}:{each.pk}": each for each in wanting}
    told = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    posted = 0
    for key, channel in keys.items():
        if key not in told and (said := _said(channel.team, monday, zone)):
            posted += post_to_channel(channel, Occasion.WEEKLY, said, key=key, now=now)
    return posted


def _said(team: Team | None, monday: date, zone: ZoneInfo) -> Said | None:
    tally = _tally(team, monday, zone)
    share = tally.share
    if share is None:
        return None
    words_of = {
        "team": team or _("Everybody"),
        "share": percent(share),
        "day": dated(monday, "j M"),
    }
    return Said(
        title=_("%(team)s kept %(share)s of the rhythm in the week of %(day)s")
        % words_of,
        text=words(tally),
        url=reverse("discipline:kept"),
    )


def _tally(team: Team | None, monday: date, zone: ZoneInfo) -> Tally:
    meetings = Meeting.objects.exclude(team=None)
    if team:
        meetings = meetings.filter(team__line__contains=[team.pk])
    due = due_between(meetings, monday, monday + timedelta(days=7), zone)
    return Tally(**due.order_by().aggregate(**counts()))
