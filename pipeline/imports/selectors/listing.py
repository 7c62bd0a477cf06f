"""The imports so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from pipeline.imports.models import ImportRun, ImportState
from pipeline.imports.selectors.results import results
from pipeline.opportunities.models import Source
from pipeline.opportunities.models.sources import KEPT_FIELDS
from rhythm.people.models import User
from rhythm.web import formats

STATE_TONES = {
    ImportState.DONE: ("ok", "check-circle-fill"),
    ImportState.UNDONE: ("", "arrow-counterclockwise"),
    ImportState.FAILED: ("bad", "x-circle-fill"),
    ImportState.CANCELLED: ("", "slash-circle"),
    ImportState.CHECKED: ("info", "clipboard-check"),
    ImportState.DRAFT: ("", "pencil"),
}


@dataclass(frozen=True)
class PastImport:
    """One line of the list of imports."""

    pk: int
    files: str
    source: str
    by: str
    on: str
    state: str
    tone: str
    icon: str
    summary: str


def past_imports(
    viewer: User, *, before: int | None, today: date, page_size: int = 25
) -> tuple[list[PastImport], int | None]:
    """Return imports, newest first, and the id before which older ones begin.

    Costs two queries.
    """
    runs = ImportRun.objects.visible_to(viewer).select_related("created_by")
    if before:
        runs = runs.filter(pk__lt=before)
    page = list(runs.prefetch_related("files")[: page_size + 1])
    more = page[page_size - 1].pk if len(page) > page_size else None
    zone = ZoneInfo(viewer.time_zone)
    return [_past(run, zone, today) for run in page[:page_size]], more


@dataclass(frozen=True)
class SourceLine:
    """One source in the list."""

    pk: int
    name: str
    title: str
    as_of: str
    # The fields that it keeps, in words.
    kept: str


def source_lines(viewer: User, now: datetime) -> list[SourceLine]:
    """Return the sources that something came from. Costs one query."""
    zone = ZoneInfo(viewer.time_zone)
    today = viewer.today(now)
    return [
        SourceLine(
            pk=source.pk,
            name=source.name,
            title=source.title,
            as_of=formats.day_clock(source.as_of.astimezone(zone), today)
            if source.as_of
            else "",
            kept=", ".join(str(KEPT_FIELDS[name]) for name in source.owned),
        )
        for source in Source.objects.visible_to(viewer)
    ]


def _past(run: ImportRun, zone: ZoneInfo, today: date) -> PastImport:
    names = [file.name for file in run.files.all()]
    shown = ", ".join(names[:3])
    if len(names) > 3:
        shown = _("%(names)s and %(more)s more") % {
            "names": shown,
            "more": len(names) - 3,
        }
    tone, icon = STATE_TONES.get(ImportState(run.state), ("info", "hourglass-split"))
    return PastImport(
        pk=run.pk,
        files=shown,
        source=run.source,
        by=str(run.created_by),
        on=_day(run.created_at, zone, today),
        state=str(run.get_state_display()),
        tone=tone,
        icon=icon,
        summary=_sums(run),
    )


def _day(moment: datetime, zone: ZoneInfo, today: date) -> str:
    return formats.day(moment.astimezone(zone).date(), today)


def _sums(run: ImportRun) -> str:
    if run.state not in (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED):
        return ""
    found = results(run)
    parts = [
        (found.created, _("%(rows)s created")),
        (found.changed, _("%(rows)s changed")),
        (found.same, _("%(rows)s unchanged")),
        (found.skipped, _("%(rows)s skipped")),
        (found.refused, _("%(rows)s refused")),
    ]
    return " · ".join(text % {"rows": f"{rows:,}"} for rows, text in parts if rows)
