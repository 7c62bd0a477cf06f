"""The outbox for admins, and everybody's own inbox."""

from rhythm.notices.selectors.outbox import (
    LOOKS,
    Held,
    NoticeList,
    NoticeRow,
    held,
    notice_list,
    notice_row,
    readable_text,
)

__all__ = [
    "LOOKS",
    "Held",
    "NoticeList",
    "NoticeRow",
    "held",
    "notice_list",
    "notice_row",
    "readable_text",
]
