"""Changes to the calendar: meetings, the rules that call them, who stands in."""

from rhythm.calendar.services.arranging import (
    call_again,
    cancel,
    make_meeting,
    move,
    skip,
)
from rhythm.calendar.services.holding import (
    abandon,
    close_in_writing,
    hand_over,
    hand_over_all,
    hold,
    mark_missed,
    record_outside,
    start,
)
from rhythm.calendar.services.locking import locked
from rhythm.calendar.services.nagging import nag
from rhythm.calendar.services.planning import plan_due
from rhythm.calendar.services.reminding import remind_due, tell_missed

__all__ = [
    "abandon",
    "call_again",
    "cancel",
    "close_in_writing",
    "hand_over",
    "hand_over_all",
    "hold",
    "locked",
    "make_meeting",
    "mark_missed",
    "move",
    "nag",
    "plan_due",
    "record_outside",
    "remind_due",
    "skip",
    "start",
    "tell_missed",
]
