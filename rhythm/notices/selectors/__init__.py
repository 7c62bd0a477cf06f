"""The outbox for admins, and everybody's own inbox."""

from rhythm.notices.selectors.outbox import (
    LOOKS,
    AttemptRow,
    Held,
    Narrow,
    NoticeList,
    NoticeRow,
    attempt_rows,
    held,
    notice_list,
    notice_row,
    readable_text,
    recent_kinds,
)

__all__ = [
    "LOOKS",
    "AttemptRow",
    "Held",
    "Narrow",
    "NoticeList",
    "NoticeRow",
    "attempt_rows",
    "held",
    "notice_list",
    "notice_row",
    "readable_text",
    "recent_kinds",
]
