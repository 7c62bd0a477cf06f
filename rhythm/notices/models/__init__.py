"""What leaves, where to, and how people want it."""

from rhythm.notices.models.attempts import AttemptEnd, DeliveryAttempt
from rhythm.notices.models.channels import Channel, ChannelKind, Occasion
from rhythm.notices.models.outbox import Notice, NoticeQuerySet, Restore
from rhythm.notices.models.states import DeliveryClass, NoticeState
from rhythm.notices.models.wishes import Wishes

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
    "Wishes",
]
