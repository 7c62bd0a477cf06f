"""The pipeline review: agenda, decisions, notes, minutes."""

from pipeline.reviews.models.notes import Correction, PrivateNote
from pipeline.reviews.models.reviews import (
    PREPARED,
    DealChange,
    Decision,
    ItemQuerySet,
    Review,
    ReviewItem,
    ReviewQuerySet,
)

__all__ = [
    "PREPARED",
    "Correction",
    "DealChange",
    "Decision",
    "ItemQuerySet",
    "PrivateNote",
    "Review",
    "ReviewItem",
    "ReviewQuerySet",
]
