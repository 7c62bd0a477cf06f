"""Every change of activities and their kinds."""

from pipeline.activities.services.kinds import (
    create_kind,
    create_starter_kinds,
    edit_kind,
    offer_kind,
    order_kinds,
)
from pipeline.activities.services.log import change, log, put_back, remove

__all__ = [
    "change",
    "create_kind",
    "create_starter_kinds",
    "edit_kind",
    "log",
    "offer_kind",
    "order_kinds",
    "put_back",
    "remove",
]
