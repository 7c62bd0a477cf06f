"""Who may be told of a meeting. Each function reads, none changes."""

from __future__ import annotations

from collections.abc import Sequence

from rhythm.calendar.models import Meeting
from rhythm.people.models import User


def still_open_to(person: User, meeting_ids: Sequence[int]) -> set[int]:
    """Return those of the meetings whose notices `person` may have now. One query.

    Asked right before one is sent: the person may have left its team meanwhile.
    """
    visible = Meeting.objects.visible_to(person).filter(pk__in=meeting_ids)
    return set(visible.values_list("pk", flat=True))
