"""What pages say of the CRMs that deals come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pipeline.opportunities.models import Source
from pipeline.opportunities.selectors.rows import Deal
from rhythm.people.models import User
from rhythm.web.formats import day_clock


@dataclass(frozen=True)
class Origin:
    """A source of deals."""

    title: str
    # The fields that it keeps: names of KEPT_FIELDS.
    owned: frozenset[str]
    # "Thu 19 Nov, 14:52"; empty when nothing of it came in yet.
    as_of: str


@dataclass(frozen=True)
class Origins:
    """All sources, read once and only if something is asked of them. One query."""

    # Whose clock tells the moments; None knows of no source.
    viewer: User | None = None
    now: datetime | None = None

    @cached_property
    def by_name(self) -> Mapping[str, Origin]:
        """The sources by their names."""
        viewer, now = self.viewer, self.now
        if viewer is None or now is None:
            return {}
        zone, today = ZoneInfo(viewer.time_zone), viewer.today(now)
        return {
            source.name: Origin(
                source.title,
                frozenset(source.owned),
                day_clock(source.as_of.astimezone(zone), today) if source.as_of else "",
            )
            for source in Source.objects.all()
        }

    @property
    def dated(self) -> list[Origin]:
        """The sources whose data are as of a moment."""
        return [each for each in self.by_name.values() if each.as_of]

    def of(self, deal: Deal) -> Origin | None:
        """Return where the deal comes from; None if from nowhere else."""
        return self.by_name.get(deal.source) if deal.source else None

    def owned(self, deal: Deal) -> frozenset[str]:
        """Return the fields of the deal that its CRM keeps."""
        found = self.of(deal)
        return found.owned if found else frozenset()


def origins(viewer: User, now: datetime) -> Origins:
    """Return what there is to say of each source, for the viewer's clock."""
    return Origins(viewer, now)
