"""Whether a meeting was worth the time: who may say so, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.runner.models import Run, Vote
from rhythm.calendar.models import MeetingState
from rhythm.calendar.selectors.people import people_of
from rhythm.people.models import User
from rhythm.web import formats

# So long after the meeting's day one can vote, until the midnight that ends the day.
VOTE_DAYS = timedelta(days=1)
# With fewer votes than this an average would tell who said what.
FEWEST = 3


@dataclass(frozen=True)
class Worth:
    """What the votes of a meeting say, as far as one viewer may know."""

    # "8.3", or "" while votes are given and where too few were.
    average: str
    told: str
    # What voters wrote, without names, for whoever ran it.
    lines: Sequence[str]


def is_asked(run: Run) -> bool:
    """Return whether the meeting has a vote: one of a team, since two would know."""
    return run.meeting.team_id is not None and run.meeting.state == MeetingState.HELD


def may_vote(run: Run, person: User) -> bool:
    """Return whether `person` is in a held meeting that has a vote. Two queries."""
    return is_asked(run) and person in people_of([run.meeting])[run.meeting_id]


def closes_at(run: Run) -> datetime:
    """Return the midnight that ends the day after the meeting, where it was held."""
    ended = run.meeting.ended_at
    assert ended is not None  # it was held
    zone = ZoneInfo(run.meeting.time_zone)
    last = ended.astimezone(zone).date() + VOTE_DAYS
    return datetime.combine(last + timedelta(days=1), time(), zone)


def is_open(run: Run, now: datetime) -> bool:
    """Return whether a vote can still be given or changed."""
    return now < closes_at(run)


def worth_of(run: Run, viewer: User, now: datetime) -> Worth:
    """Return what the votes say. Nobody reads whose vote is whose. One query.

    Before the last can be given there is only their number: who reads the average
    after each vote can work out every score.
    """
    votes = list(Vote.objects.filter(run=run).order_by("score", "line"))
    count = len(votes)
    if is_open(run, now):
        so_far = ngettext("%(count)d vote so far", "%(count)d votes so far", count)
        rule = _("counted after %(until)s") % {"until": until_text(run, viewer, now)}
        return Worth("", f"{so_far % {'count': count}}, {rule}", ())
    told = ngettext("%(count)d vote", "%(count)d votes", count) % {"count": count}
    if count < FEWEST:
        rule = _("too few to say more without saying whose")
        return Worth("", f"{told}, {rule}", ())
    mean = Decimal(sum(each.score for each in votes)) / count
    lines = [each.line for each in votes if each.line]
    is_theirs = viewer == run.meeting.runner
    return Worth(number_format(mean, 1), told, sorted(lines) if is_theirs else ())


def until_text(run: Run, viewer: User, now: datetime) -> str:
    """Return until when one can vote, by the viewer's clock: "Tue 24 Nov, 23:59"."""
    last = closes_at(run) - timedelta(minutes=1)
    return formats.day_clock(
        last.astimezone(ZoneInfo(viewer.time_zone)), viewer.today(now)
    )
