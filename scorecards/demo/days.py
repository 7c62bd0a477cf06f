"""Days of the demo, counted from the day on which it is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Days:
    """Turns "so many days ago" into instants and dates that are never ahead of now."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def on(self, days_ahead: int) -> date:
        """Return the date so many days ahead; negative is the past."""
        return self.today + timedelta(days=days_ahead)

    def ahead(self, days: int | None) -> date | None:
        """Return the date so many days ahead, or None for None."""
        return None if days is None else self.on(days)

    def workday(self, days_ago: int) -> int:
        """Return how many days ago it was, or if that was a weekend, the Friday."""
        return days_ago + max(self.on(-days_ago).weekday() - 4, 0)

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        """Return that hour on the wall so many days ago, or now if that is later."""
        wall = datetime.combine(self.on(-days), time(hour, minute), self.zone)
        return min(wall, self.now)

    def at(self, days_ahead: int, clock: time) -> datetime:
        """Return that time on the wall so many days ahead; negative is the past."""
        return datetime.combine(self.on(days_ahead), clock, self.zone)
