"""What everything stands on: database, disk, backup, version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from rhythm.web.formats import day_clock
from scorecards.homes.selectors import figures as counted
from scorecards.homes.selectors.checks import BAD, WARN, Check
from scorecards.homes.selectors.figures import Database, Disk

# A backup is to be younger than that.
BACKUP_EVERY = timedelta(days=2)
LITTLE_SHARE, LEAST_SHARE = 0.10, 0.03
LITTLE_BYTES, LEAST_BYTES = 5 * 1024**3, 512 * 1024**2
# Of the connections that the database allows.
MANY_CONNECTIONS_SHARE = 0.8


def installation(found: Database, now: datetime) -> list[Check]:
    """Return how what everything stands on is, as said on the clock of `now`."""
    return [_database(found), _disk(counted.disk()), _backup(found, now), _version()]


def _database(database: Database) -> Check:
    text = _("%(size)s · %(count)d of %(most)d connections") % {
        "size": filesizeformat(database.size_bytes),
        "count": database.connections,
        "most": database.most_connections,
    }
    check = Check("database", "database", _("Database"), text)
    if database.connections < database.most_connections * MANY_CONNECTIONS_SHARE:
        return check
    advice = _("Raise max_connections, or run fewer threads and workers.")
    return replace(check, state=WARN, advice=advice)


def _disk(disk: Disk) -> Check:
    text = _("%(free)s free of %(total)s") % {
        "free": filesizeformat(disk.free),
        "total": filesizeformat(disk.total),
    }
    check = Check("disk", "hdd", _("Disk with the uploaded files"), text)
    for state, share, size in (
        (BAD, LEAST_SHARE, LEAST_BYTES),
        (WARN, LITTLE_SHARE, LITTLE_BYTES),
    ):
        # A tenth of a large disk is plenty.
        if disk.free < min(disk.total * share, size):
            return replace(check, state=state, advice=_("Make room on it."))
    return check


def _backup(database: Database, now: datetime) -> Check:
    """Return when the last backup of the product's own was taken."""
    check = Check("backup", "archive", _("Backup"), _("None by manage.py backup yet"))
    at = database.backed_up_at
    if at:
        moment = day_clock(at.astimezone(now.tzinfo), now.date())
        check = replace(check, text=_("Last one %(moment)s") % {"moment": moment})
    if at and now - at <= BACKUP_EVERY:
        return check
    advice = _("Take one every night, and keep it elsewhere. Other tools do not show.")
    return replace(check, state=WARN, advice=advice)


def _version() -> Check:
    commit = counted.commit()
    text = " · ".join(filter(None, [counted.version(), commit]))
    return Check("version", "box-seam", _("Version"), text)
