"""IANA time zones: which there are, and what day it is in one."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


@cache
def zone_names() -> tuple[str, ...]:
    """Return the zones that a person may choose, by region, sorted."""
    regions = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe")
    more = ("Indian", "Pacific", "Arctic", "Antarctica")
    names = (each for each in available_timezones() if "/" in each)
    chosen = (each for each in names if each.split("/")[0] in (*regions, *more))
    return (*sorted(chosen), "UTC")


def validate_zone(name: str) -> None:
    """Raise ValidationError unless `name` is a zone that people may choose."""
    if name not in zone_names():
        raise ValidationError(_("%(name)s is not a time zone."), params={"name": name})


def local_date(moment: datetime, zone: str) -> date:
    """Return the calendar day of an aware `moment` on the wall in `zone`."""
    return moment.astimezone(ZoneInfo(zone)).date()
