"""Changes to the calendar: meetings, the rules that call them, who stands in."""

from rhythm.calendar.services.meetings import (
    abandon,
    call_again,
    cancel,
    hand_over,
    hand_over_all,
    hold,
    locked,
    make_meeting,
    mark_missed,
    move,
    pause,
    record_outside,
    resume,
    skip,
    start,
)
from rhythm.calendar.services.planning import plan_due
from rhythm.calendar.services.reminding import remind_due, tell_missed

__all__ = [
    "abandon",
    "call_again",
    "cancel",
    "hand_over",
    "hand_over_all",
    "hold",
    "locked",
    "make_meeting",
    "mark_missed",
    "move",
    "pause",
    "plan_due",
    "record_outside",
    "remind_due",
    "resume",
    "skip",
    "start",
    "tell_missed",
]
