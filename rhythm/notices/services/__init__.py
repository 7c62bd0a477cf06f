"""Posting notices, delivering them, and deciding about those that did not go out."""

from rhythm.notices.services.delivery import (
    LEASE,
    RETRY_AFTER,
    deliver,
    expire,
    reap,
)
from rhythm.notices.services.outbox import (
    RESENDABLE,
    drop_held,
    hold_what_was_due,
    release_held,
    resend,
)
from rhythm.notices.services.posting import DELIVER, Draft, post

__all__ = [
    "DELIVER",
    "LEASE",
    "RESENDABLE",
    "RETRY_AFTER",
    "Draft",
    "deliver",
    "drop_held",
    "expire",
    "hold_what_was_due",
    "post",
    "reap",
    "release_held",
    "resend",
]
