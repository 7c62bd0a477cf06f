"""Why something is on an agenda, kept as it was found. No database, no clock."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

# The last review did not come to it, so it comes before all others in this one.
LEFT_OVER = "left_over"


@dataclass(frozen=True)
class Reason:
    """Why a deal, or an account, asks for a talk."""

    kind: str
    text: str
    # The same in two or three words, for the queue.
    short: str
    # Since which day it holds. None when that is not known.
    since: date | None = None
    # What would clear it.
    clears: str = ""
    # Colour and icon, as chips take them.
    tone: str = "warn"
    icon: str = "flag"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; the date in ISO form."""
        since = self.since.isoformat() if self.since else None
        return asdict(self) | {"since": since}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Reason:
        """Return the reason that `as_json` wrote."""
        since = values.get("since")
        return cls(
            kind=values.get("kind", ""),
            text=values.get("text", ""),
            short=values.get("short") or values.get("text", ""),
            since=date.fromisoformat(since) if since else None,
            clears=values.get("clears", ""),
            tone=values.get("tone", "warn"),
            icon=values.get("icon", "flag"),
        )


def left_over() -> Reason:
    """Return the reason of what the last review did not decide."""
    return Reason(
        kind=LEFT_OVER,
        text=_("Left over from the last review"),
        short=_("Left over"),
        clears=_("A decision this time."),
        tone="info",
        icon="arrow-return-right",
    )
