"""Where deals stood on a day, read from history: close dates and stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pipeline.opportunities.flags import slips
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of
from pipeline.opportunities.selectors.rows import Deal

# So long after a move it may be undone as a slip of the hand.
AT_ONCE = timedelta(seconds=90)


@dataclass
class Movement:
    """A deal's close dates and stages, oldest first, the present ones last."""

    close_dates: list[date | None] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    # Why it came to its stage, where that was said.
    reasons: list[str] = field(default_factory=list)
    # When each was replaced by the next. One shorter than the others.
    replaced_at: list[datetime] = field(default_factory=list)

    def as_of(self, moment: datetime) -> int:
        """Return the place of the values that held at `moment`, the first at most.

        Events hold old values: what held then is what the first later event replaced.
        """
        later = (i for i, at in enumerate(self.replaced_at) if at > moment)
        return next(later, len(self.replaced_at))

    def is_behind(self, moment: datetime, positions: Mapping[int, int]) -> bool:
        """Return whether it stands at an earlier stage than it has been since `moment`.

        positions says the place of each open stage. A closed stage has none, so
        reopening is no step back; nor is a move that was undone at once.
        """
        first = self.as_of(moment)
        held = [
            positions.get(stage, 0)
            for place, stage in enumerate(self.stages)
            if place >= first and not self._is_undone(place)
        ]
        return positions.get(self.stages[-1], 0) < max(held)

    def _is_undone(self, place: int) -> bool:
        """Return whether what held at `place` was a slip of the hand, taken back."""
        if not 0 < place < len(self.replaced_at):
            return False
        before, after = place - 1, place + 1
        return (
            self.stages[before] == self.stages[after] != self.stages[place]
            and self.reasons[before] == self.reasons[after]
            and self.replaced_at[place] - self.replaced_at[before] <= AT_ONCE
        )

    @property
    def slips(self) -> int:
        """How often the close date moved later."""
        return slips(self.close_dates)

    @property
    def slipped_at(self) -> datetime | None:
        """When the close date last moved later."""
        pairs = zip(self.close_dates, self.close_dates[1:], strict=False)
        moments = [
            at
            for (old, new), at in zip(pairs, self.replaced_at, strict=True)
            if old is not None and new is not None and new > old
        ]
        return moments[-1] if moments else None

    @property
    def first_close_on(self) -> date | None:
        return next((each for each in self.close_dates if each is not None), None)


def movements(opportunities: Iterable[Deal]) -> Mapping[int, Movement]:
    """Return how the deals moved in their whole life. One query for any number."""
    deals = list(opportunities)
    found = {each.pk: Movement() for each in deals}
    events = (
        events_of(Opportunity)
        .filter(pgh_obj_id__in=list(found))
        .values_list(
            "pgh_obj_id", "close_on", "stage_id", "move_reason", "pgh_created_at"
        )
    )
    for key, close_on, stage_id, reason, at in events:
        movement = found[key]
        movement.reasons.append(reason)
        movement.close_dates.append(close_on)
        movement.stages.append(stage_id)
        movement.replaced_at.append(at)
    for deal in deals:
        found[deal.pk].close_dates.append(deal.close_on)
        found[deal.pk].stages.append(deal.stage_id)
        found[deal.pk].reasons.append(deal.move_reason)
    return found
