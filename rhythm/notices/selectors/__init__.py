"""The outbox for admins, and everybody's own inbox."""

from rhythm.notices.selectors.bell import unread, unread_again, with_unread
from rhythm.notices.selectors.inbox import (
    SHOWN,
    Inbox,
    InboxRow,
    Narrowed,
    hidden_of,
    inbox,
    item,
    kind_choices,
    snoozed_to,
)
from rhythm.notices.selectors.narrow import Narrow, asked, outbox_kinds
from rhythm.notices.selectors.outbox import (
    LOOKS,
    AttemptRow,
    Held,
    NoticeList,
    NoticeRow,
    attempt_rows,
    held,
    notice_list,
    notice_row,
    readable_text,
)
from rhythm.notices.selectors.wishes import in_quiet_hours, own_wishes

__all__ = [
    "LOOKS",
    "SHOWN",
    "AttemptRow",
    "Held",
    "Inbox",
    "InboxRow",
    "Narrow",
    "Narrowed",
    "NoticeList",
    "NoticeRow",
    "asked",
    "attempt_rows",
    "held",
    "hidden_of",
    "in_quiet_hours",
    "inbox",
    "item",
    "kind_choices",
    "notice_list",
    "notice_row",
    "outbox_kinds",
    "own_wishes",
    "readable_text",
    "snoozed_to",
    "unread",
    "unread_again",
    "with_unread",
]
