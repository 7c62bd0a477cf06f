"""Where deals stood on a day, read from history: close dates and stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.opportunities.flags import slips
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.events import events_of


@dataclass
class Movement:
    """A deal's close dates and stages, oldest first, the present ones last."""

    close_dates: list[date | None] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    # When each was replaced by the next. One shorter than the others.
    replaced_at: list[datetime] = field(default_factory=list)

    def as_of(self, moment: datetime) -> int:
        """Return the place of the values that held at `moment`, the first at most.

        Events hold old values: what held then is what the first later event replaced.
        """
        later = (i for i, at in enumerate(self.replaced_at) if at > moment)
        return next(later, len(self.replaced_at))

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


def movements(opportunities: Iterable[Opportunity]) -> Mapping[int, Movement]:
    """Return how the deals moved in their whole life. One query for any number."""
    deals = list(opportunities)
    found = {each.pk: Movement() for each in deals}
    events = (
        events_of(Opportunity)
        .filter(pgh_obj_id__in=list(found))
        .values_list("pgh_obj_id", "close_on", "stage_id", "pgh_created_at")
    )
    for key, close_on, stage_id, at in events:
        movement = found[key]
        movement.close_dates.append(close_on)
        movement.stages.append(stage_id)
        movement.replaced_at.append(at)
    for deal in deals:
        found[deal.pk].close_dates.append(deal.close_on)
        found[deal.pk].stages.append(deal.stage_id)
    return found
