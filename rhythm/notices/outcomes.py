"""What an attempt at delivery proves, whichever way it went."""

from __future__ import annotations


class NotDelivered(Exception):
    """It was certainly not accepted. `is_final`: trying again is idle.

    told is what others than admins read of it, where the reason is not for them.
    """

    def __init__(self, reason: str, *, told: str = "", is_final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told or reason
        self.is_final = is_final


class MayHaveArrived(Exception):
    """It was on its way, and nobody can know what became of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
