"""The audit log, shaped for the admin's page and file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rhythm.people.models import AuditEntry, AuditKind, User
from rhythm.people.models.audit import AuditEntryQuerySet
from rhythm.web.exports import defused_cell
from rhythm.web.formats import day_clock

PER_PAGE = 50
# More than a spreadsheet likes; a longer log is taken out by day.
MOST_ROWS = 50_000
ICONS = {
    AuditKind.SIGN_IN: "box-arrow-in-right",
    AuditKind.SIGN_IN_FAILED: "exclamation-triangle",
    AuditKind.RESET_ASKED: "key",
    AuditKind.PASSWORD_CHANGED: "key",
    AuditKind.EMAIL_CHANGED: "envelope-at",
    AuditKind.FACTOR_ADDED: "shield-check",
    AuditKind.FACTOR_REMOVED: "shield-exclamation",
    AuditKind.FACTOR_RESET: "shield-exclamation",
    AuditKind.RECOVERY_CODES: "shield-lock",
    AuditKind.DEVICES_ENDED: "display",
    AuditKind.INVITED: "envelope",
    AuditKind.PERSON_ADDED: "person-plus",
    AuditKind.PERSON_CHANGED: "person-gear",
    AuditKind.DEACTIVATED: "person-x",
    AuditKind.REACTIVATED: "person-check",
    AuditKind.HANDED_OVER: "arrow-left-right",
    AuditKind.TEAM_CHANGED: "diagram-3",
    AuditKind.CADENCE_CHANGED: "calendar-week",
    AuditKind.WORKING_TIME_CHANGED: "calendar3",
    AuditKind.LEAVE_CHANGED: "calendar-x",
    AuditKind.DEPUTY_CHANGED: "person-gear",
    AuditKind.ORGANISATION_CHANGED: "building",
    AuditKind.PROCESS_PUBLISHED: "signpost-split",
    AuditKind.PROCESS_ARCHIVED: "signpost-split",
    AuditKind.PROCESS_DELETED: "signpost-split",
    AuditKind.IMPORT_STARTED: "upload",
    AuditKind.IMPORT_UNDONE: "arrow-counterclockwise",
    AuditKind.LINK_MADE: "link-45deg",
    AuditKind.LINK_REVOKED: "link-45deg",
    AuditKind.RECORDS_MERGED: "arrow-left-right",
    AuditKind.EXPORTED: "download",
    AuditKind.BACKUP_RESTORED: "database-check",
    AuditKind.ADMIN_RECOVERED: "unlock",
}


@dataclass(frozen=True)
class AuditFilter:
    """What to look for. Empty values filter nothing.

    text is part of a person's name or e-mail, or of what the entry is about. day is
    one on the reader's wall.
    """

    text: str = ""
    kind: str = ""
    day: date | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.kind or self.day)


@dataclass(frozen=True)
class AuditRow:
    """An entry as the page shows it."""

    pk: int
    at: str
    icon: str
    is_warning: bool
    kind: str
    by: str
    about: str
    subject: str
    text: str
    ip: str


@dataclass(frozen=True)
class AuditPage:
    """A page of the log, the newest first. `older` is the key to go on from."""

    rows: list[AuditRow]
    older: int | None


def audit_page(
    viewer: User, wanted: AuditFilter, *, before: int | None, today: date
) -> AuditPage:
    """Return the entries older than the key `before`. Costs one query at any depth."""
    entries = find_entries(viewer, wanted)
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: PER_PAGE + 1])
    rows = [_row(each, today) for each in found[:PER_PAGE]]
    return AuditPage(rows=rows, older=rows[-1].pk if len(found) > PER_PAGE else None)


def find_entries(viewer: User, wanted: AuditFilter) -> AuditEntryQuerySet:
    """Return the entries that `viewer` looks for, the newest first."""
    entries = AuditEntry.objects.visible_to(viewer).select_related("by", "about")
    if wanted.kind:
        entries = entries.filter(kind=wanted.kind)
    if wanted.day:
        first = datetime.combine(wanted.day, time(), ZoneInfo(viewer.time_zone))
        # On the wall, so that a day of 23 or 25 hours is a day too.
        entries = entries.filter(at__gte=first, at__lt=first + timedelta(days=1))
    if wanted.text:
        text = wanted.text
        named = Q(name__icontains=text) | Q(email__icontains=text)
        people = User.objects.visible_to(viewer).filter(named).values("pk")
        entries = entries.filter(
            Q(by__in=people) | Q(about__in=people) | Q(subject__icontains=text)
        )
    return entries.order_by("-pk")


def _row(entry: AuditEntry, today: date) -> AuditRow:
    return AuditRow(
        pk=entry.pk,
        at=day_clock(timezone.localtime(entry.at), today),
        icon=ICONS.get(AuditKind(entry.kind), "journal-text")
        if entry.kind in AuditKind.values
        else "journal-text",
        is_warning=entry.kind == AuditKind.SIGN_IN_FAILED,
        kind=label(entry.kind),
        by=entry.by.name if entry.by else "",
        about=entry.about.name if entry.about and entry.about != entry.by else "",
        subject=entry.subject,
        text=entry.text,
        ip=entry.ip or "",
    )


def label(kind: str) -> str:
    """Return the words of a kind; the kind itself if a later version wrote it."""
    return str(AuditKind(kind).label) if kind in AuditKind.values else kind


def csv_rows(viewer: User, wanted: AuditFilter) -> Iterator[list[str]]:
    """Yield a header and one line for each entry, formulas defused, times in UTC."""
    yield [
        *(_("Time (UTC)"), _("What"), _("By"), _("By e-mail"), _("About")),
        *(_("About e-mail"), _("Subject"), _("Change"), _("Address")),
    ]
    for entry in find_entries(viewer, wanted)[:MOST_ROWS].iterator(chunk_size=2000):
        cells = [
            *_who(entry.by),
            *_who(entry.about),
            *(entry.subject, entry.text, entry.ip or ""),
        ]
        moment = entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        yield [moment, label(entry.kind), *map(defused_cell, cells)]


def _who(person: User | None) -> tuple[str, str]:
    return (person.name, person.email or "") if person else ("", "")
