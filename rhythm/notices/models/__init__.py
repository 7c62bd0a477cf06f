"""What leaves, and where to."""

from rhythm.notices.models.outbox import (
    DeliveryClass,
    Notice,
    NoticeQuerySet,
    NoticeState,
    Restore,
)

__all__ = [
    "DeliveryClass",
    "Notice",
    "NoticeQuerySet",
    "NoticeState",
    "Restore",
]
