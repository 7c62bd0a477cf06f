"""Whole rhythms to start from: which cadences belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rhythm.calendar.agendas import (
    BARRIERS,
    BEST_PRACTICE,
    CASE,
    COMMITMENTS,
    PlannedBlock,
)
from rhythm.calendar.models import (
    MeetingKind,
    OffDayPolicy,
    Reach,
    Scope,
)
from rhythm.calendar.patterns import (
    EachWorkingDay,
    OnNthWeekday,
    OnWeekdays,
    Pattern,
    write,
)

MON, TUE, WED, THU, FRI = range(5)


@dataclass(frozen=True)
class Beat:
    """One cadence of a rhythm, at first."""

    kind: MeetingKind
    pattern: Pattern
    at: time
    minutes: int
    scope: Scope = Scope.TEAM
    reach: Reach = Reach.BELOW
    is_mandatory: bool = False
    off_days: OffDayPolicy = OffDayPolicy.NEXT
    prepare_hours: int = 24
    preread_hours: int = 2
    remind_minutes: tuple[int, ...] = (1_440,)
    # Its agenda; without a name, the blocks with which its kind begins.
    agenda: Promise | str = ""
    blocks: tuple[PlannedBlock, ...] = ()

    @property
    def rule(self) -> str:
        return write(self.pattern)


@dataclass(frozen=True)
class Rhythm:
    """Cadences that belong together."""

    key: str
    name: Promise | str
    # Whom it suits, in a sentence.
    text: Promise | str
    beats: tuple[Beat, ...]


WEEKLY = Rhythm(
    "weekly-b2b",
    _("Weekly B2B rhythm"),
    _(
        "For teams that sell to companies over weeks and months: the week begins with "
        "the team, every team reviews its pipeline, every rep has the manager's ear."
    ),
    (
        Beat(
            MeetingKind.TEAM_MEETING,
            OnWeekdays((MON,)),
            time(9),
            30,
            prepare_hours=0,
            remind_minutes=(60,),
            agenda=_("Start of the week"),
            blocks=(
                COMMITMENTS,
                CASE,
                BEST_PRACTICE,
                replace(BARRIERS, minutes=5),
            ),
        ),
        Beat(
            MeetingKind.PIPELINE_REVIEW,
            OnWeekdays((TUE,)),
            time(9),
            45,
            is_mandatory=True,
        ),
        Beat(
            MeetingKind.ONE_ON_ONE,
            OnWeekdays((WED,), every=2),
            time(14),
            30,
            scope=Scope.EACH_REP,
        ),
        Beat(
            MeetingKind.FORECAST_CALL,
            OnWeekdays((THU,)),
            time(16),
            30,
            reach=Reach.TEAM,
        ),
        Beat(
            MeetingKind.EXECUTIVE_REVIEW,
            OnNthWeekday(1, FRI),
            time(10),
            60,
            reach=Reach.TEAM,
            prepare_hours=48,
            preread_hours=24,
        ),
        Beat(
            MeetingKind.WIN_LOSS_REVIEW,
            OnNthWeekday(-1, THU),
            time(11),
            45,
        ),
    ),
)
DAILY = Rhythm(
    "daily-huddle",
    _("Short sales, daily huddle"),
    _(
        "For teams whose deals last days: ten minutes every morning, and a longer look "
        "once a week."
    ),
    (
        Beat(
            MeetingKind.HUDDLE,
            EachWorkingDay(),
            time(9),
            10,
            off_days=OffDayPolicy.DROP,
            prepare_hours=0,
            remind_minutes=(15,),
        ),
        Beat(
            MeetingKind.PIPELINE_REVIEW,
            OnWeekdays((MON,)),
            time(13),
            30,
            is_mandatory=True,
        ),
        Beat(
            MeetingKind.ONE_ON_ONE,
            OnWeekdays((THU,)),
            time(15),
            20,
            scope=Scope.EACH_REP,
        ),
    ),
)
ACCOUNTS = Rhythm(
    "key-accounts",
    _("Key accounts"),
    _(
        "For teams that grow the customers they have: accounts once a quarter, large "
        "deals every second week."
    ),
    (
        Beat(
            MeetingKind.OPPORTUNITY_REVIEW,
            OnWeekdays((TUE,), every=2),
            time(10),
            60,
            prepare_hours=48,
        ),
        Beat(
            MeetingKind.ACCOUNT_REVIEW,
            OnNthWeekday(2, WED, every=3),
            time(9, 30),
            90,
            prepare_hours=72,
        ),
        Beat(
            MeetingKind.ONE_ON_ONE,
            OnWeekdays((THU,), every=2),
            time(14),
            30,
            scope=Scope.EACH_REP,
        ),
    ),
)
RHYTHMS = {each.key: each for each in (WEEKLY, DAILY, ACCOUNTS)}
