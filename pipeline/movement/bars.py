"""What can happen to a deal between two days: its names, and what each one counts.

Value always means amount; a deal without one counts as 0. The first eleven bars add up:
what was open before, plus each change with its sign, is what is open after. A deal that
grew and was then won stands in both bars. The last four change no value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

OPENING, CLOSING = "opening", "closing"


@dataclass(frozen=True)
class Bar:
    """One thing that can have happened.

    holds and value are SQL over a row of `selectors.asof.BOTH_ENDS`; they are
    constants. value has the sign with which it changes what is open.
    """

    name: str
    label: Any
    # What it means, in a line.
    meaning: Any
    holds: str
    value: str
    # Whether it is left out of charts while nothing is in it.
    is_rare: bool = False


_STAYED = "was_open AND was_ours AND is_ours"
# Open at its start or begun since, and closed by its end.
_ENDED = "is_there AND NOT is_open AND is_ours AND (was_open OR NOT was_there)"
_STAYED_OPEN = f"{_STAYED} AND is_open"

CHANGES = (
    Bar(
        OPENING,
        _("Open before"),
        _("Open when the first day began."),
        "was_open AND was_ours",
        "old_value",
    ),
    Bar(
        "new",
        _("New"),
        _("Began in these days, open or closed by now."),
        "NOT was_there AND is_there AND is_ours",
        "new_value",
    ),
    Bar(
        "reopened",
        _("Reopened"),
        _("Closed before, open again."),
        "was_there AND NOT was_open AND is_open AND is_ours",
        "new_value",
        is_rare=True,
    ),
    Bar(
        "came_in",
        _("Handed in"),
        _("Came from another owner or process."),
        "was_open AND NOT was_ours AND is_ours",
        "new_value",
        is_rare=True,
    ),
    Bar(
        "grew",
        _("Grew"),
        _("The amount is higher now."),
        f"{_STAYED} AND new_value > old_value",
        "new_value - old_value",
    ),
    Bar(
        "shrank",
        _("Shrank"),
        _("The amount is lower now."),
        f"{_STAYED} AND new_value < old_value",
        "new_value - old_value",
    ),
    Bar(
        "won",
        _("Won"),
        _("Closed as won in these days, at the final amount."),
        f"{_ENDED} AND outcome = 'won'",
        "-new_value",
    ),
    Bar(
        "lost",
        _("Lost"),
        _("Closed as lost in these days."),
        f"{_ENDED} AND outcome = 'lost'",
        "-new_value",
    ),
    Bar(
        "walked_away",
        _("Walked away"),
        _("Closed as not worth it, on our side."),
        f"{_ENDED} AND outcome = 'walked_away'",
        "-new_value",
    ),
    Bar(
        "went_out",
        _("Handed out"),
        _("Went to another owner or process."),
        "was_open AND was_ours AND NOT is_ours",
        "-old_value",
        is_rare=True,
    ),
    Bar(
        CLOSING,
        _("Open after"),
        _("Open when the last day ended."),
        "is_open AND is_ours",
        "new_value",
    ),
)
MOVES = (
    Bar(
        "advanced",
        _("Advanced"),
        _("At a later stage than before."),
        f"{_STAYED_OPEN} AND is_same_process AND new_position > old_position",
        "new_value",
    ),
    Bar(
        "moved_back",
        _("Moved back"),
        _("At an earlier stage than before."),
        f"{_STAYED_OPEN} AND is_same_process AND new_position < old_position",
        "new_value",
    ),
    Bar(
        "pulled_in",
        _("Pulled in"),
        _("The close date moved earlier."),
        f"{_STAYED_OPEN} AND new_close_on < old_close_on",
        "new_value",
    ),
    Bar(
        "slipped",
        _("Slipped"),
        _("The close date moved later."),
        f"{_STAYED_OPEN} AND new_close_on > old_close_on",
        "new_value",
    ),
)
BARS = {bar.name: bar for bar in (*CHANGES, *MOVES)}
