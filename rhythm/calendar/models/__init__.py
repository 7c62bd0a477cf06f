"""The calendar: rules, the meetings that they call, and when people work."""

from rhythm.calendar.models.agendas import (
    AgendaBlock,
    AgendaTemplate,
    BlockKind,
)
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
from rhythm.calendar.models.timed import (
    OwnNote,
    OwnNoteQuerySet,
    Timed,
    TimedPart,
    TimedQuerySet,
    seconds_between,
)
from rhythm.calendar.models.working import Deputyship, Holiday, WorkingCalendar

__all__ = [
    "BEFORE_ITS_END",
    "GRACE",
    "IN_PROGRESS",
    "NEVER_BEGUN",
    "OVER",
    "STARTABLE",
    "AgendaBlock",
    "AgendaTemplate",
    "BlockKind",
    "Cadence",
    "CadenceVariant",
    "Deputyship",
    "Holiday",
    "Meeting",
    "MeetingKind",
    "MeetingQuerySet",
    "MeetingState",
    "OffDayPolicy",
    "OwnNote",
    "OwnNoteQuerySet",
    "Planning",
    "Reach",
    "Scope",
    "Timed",
    "TimedPart",
    "TimedQuerySet",
    "WorkingCalendar",
    "called",
    "seconds_between",
    "seen_by",
]
