"""What leaves, and where to."""

from rhythm.notices.models.channels import Channel, ChannelKind, Occasion
from rhythm.notices.models.outbox import (
    AttemptEnd,
    DeliveryAttempt,
    DeliveryClass,
    Notice,
    NoticeQuerySet,
    NoticeState,
    Restore,
)

__all__ = [
    "AttemptEnd",
    "Channel",
    "ChannelKind",
    "DeliveryAttempt",
    "DeliveryClass",
    "Notice",
    "NoticeQuerySet",
    "NoticeState",
    "Occasion",
    "Restore",
]
