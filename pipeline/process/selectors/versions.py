"""The published versions of a process, to be read and compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.process.content import stages_from_json
from pipeline.process.models import ForPresent, Process, ProcessVersion
from pipeline.process.selectors.changes import changes
from pipeline.process.selectors.pages import ProcessPage, process_page
from rhythm.people.models import User
from rhythm.people.zones import local_date
from rhythm.web import formats

# A process that is published every week for four years.
MOST = 200


@dataclass(frozen=True)
class VersionRow:
    """One version in the list."""

    number: int
    url: str
    # "Thu 19 Nov, 14:52"
    published: str
    by: str
    note: str
    # "3 changes"; "" for the first.
    changes: str
    is_current: bool


@dataclass(frozen=True)
class VersionPage:
    """One version, whole."""

    row: VersionRow
    name: str
    changes: tuple[str, ...]
    # What it meant for the deals that were there; "" where nothing became stricter.
    terms: str
    page: ProcessPage
    # The number of the version before; None for the first.
    before: int | None


def version_rows(process: Process, *, viewer: User, now: datetime) -> list[VersionRow]:
    """Return the newest versions of a process, the current one first. One query."""
    found = ProcessVersion.objects.visible_to(viewer).filter(process=process)
    listed = found.select_related("published_by").defer("content")
    return [
        _row(each, viewer=viewer, now=now, is_current=not place)
        for place, each in enumerate(listed.order_by("-number")[:MOST])
    ]


def current_version(
    process: Process, *, viewer: User, now: datetime
) -> VersionRow | None:
    """Return the version that is in force. None if none was written. One query."""
    found = ProcessVersion.objects.filter(process=process).order_by("-number")
    last = found.select_related("published_by").defer("content").first()
    if last is None:
        return None
    return _row(last, viewer=viewer, now=now, is_current=True)


def version_page(
    version: ProcessVersion, *, viewer: User, now: datetime
) -> VersionPage:
    """Return a version with its process as it was. One query."""
    later = ProcessVersion.objects.filter(
        process=version.process_id, number__gt=version.number
    )
    stages = stages_from_json(version.content["stages"])
    return VersionPage(
        row=_row(version, viewer=viewer, now=now, is_current=not later.exists()),
        name=version.content["name"],
        changes=tuple(version.changes),
        terms=terms_in_words(version, viewer=viewer, now=now),
        page=process_page(version.process, stages),
        before=version.number - 1 or None,
    )


def compared(older: ProcessVersion, newer: ProcessVersion) -> list[str]:
    """Return in words what changed from one version of a process to another."""
    old, new = (stages_from_json(each.content["stages"]) for each in (older, newer))
    return changes(old, new)


def terms_in_words(version: ProcessVersion, *, viewer: User, now: datetime) -> str:
    """Return what a version meant for the deals that were there already."""
    if version.for_present == ForPresent.NOW:
        return _("What is new binds all deals at once.")
    if version.for_present == ForPresent.NEW:
        return _("What is new binds new deals only; those that were there are spared.")
    if version.binds_from is None:
        return ""
    on = local_date(version.binds_from, viewer.time_zone)
    return _(
        "What is new binds new deals at once, and from %(day)s those that were there."
    ) % {"day": formats.day(on, viewer.today(now))}


def _row(
    version: ProcessVersion, *, viewer: User, now: datetime, is_current: bool
) -> VersionRow:
    moment = version.published_at.astimezone(ZoneInfo(viewer.time_zone))
    count = len(version.changes)
    text = ngettext("%(n)d change", "%(n)d changes", count) % {"n": count}
    return VersionRow(
        number=version.number,
        url=version.get_absolute_url(),
        published=formats.day_clock(moment, viewer.today(now)),
        by=version.published_by.name if version.published_by else "",
        note=version.note,
        changes=text if count else "",
        is_current=is_current,
    )
