"""The calendar: rules, the meetings that they call, and when people work."""

from rhythm.calendar.models.cadence import (
    Cadence,
    CadenceVariant,
    OffDayPolicy,
    Planning,
    Reach,
    Scope,
)
from rhythm.calendar.models.kinds import MeetingKind, called
from rhythm.calendar.models.meeting import (
    BEFORE_ITS_END,
    GRACE,
    IN_PROGRESS,
    NEVER_BEGUN,
    OVER,
    STARTABLE,
    Meeting,
    MeetingQuerySet,
    MeetingState,
    seen_by,
)
from rhythm.calendar.models.working import Deputyship, Holiday, WorkingCalendar

__all__ = [
    "BEFORE_ITS_END",
    "GRACE",
    "IN_PROGRESS",
    "NEVER_BEGUN",
    "OVER",
    "STARTABLE",
    "Cadence",
    "CadenceVariant",
    "Deputyship",
    "Holiday",
    "Meeting",
    "MeetingKind",
    "MeetingQuerySet",
    "MeetingState",
    "OffDayPolicy",
    "Planning",
    "Reach",
    "Scope",
    "WorkingCalendar",
    "called",
    "seen_by",
]
