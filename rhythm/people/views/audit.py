"""The audit log, for admins."""

from __future__ import annotations

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    QueryDict,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from rhythm.people.access import acting_user, admin_required
from rhythm.people.models import AuditKind
from rhythm.people.selectors.audit import AuditFilter, audit_page, csv_rows, label
from rhythm.people.services import audit
from rhythm.web.exports import csv_lines
from rhythm.web.htmx import render_part
from rhythm.web.numbers import whole_number


@admin_required
@require_safe
def audit_list(request: HttpRequest) -> HttpResponse:
    """Show who did what, the newest first."""
    viewer = acting_user(request)
    wanted = _wanted(request.GET)
    context = {
        "log": audit_page(
            viewer,
            wanted,
            before=whole_number(request.GET.get("before")),
            today=viewer.today(timezone.now()),
        ),
        "wanted": wanted,
        "kinds": sorted(AuditKind.choices, key=lambda each: str(each[1])),
    }
    return render_part(request, "people/audit_list.html", "list", context)


@require_POST
@admin_required
def audit_export(request: HttpRequest) -> HttpResponseBase:
    """Give what is filtered as CSV, and write down that it was taken out."""
    viewer = acting_user(request)
    wanted = _wanted(request.POST)
    audit.record(
        AuditKind.EXPORTED, by=viewer, subject=_name(wanted), ip=audit.ip_of(request)
    )
    lines = csv_lines(csv_rows(viewer, wanted))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit-log.csv"'
    return response


def _wanted(asked: QueryDict) -> AuditFilter:
    """Return the filter that was asked for; what makes no sense filters nothing."""
    kind = asked.get("kind", "")
    try:
        day = parse_date(asked.get("day", ""))
    except ValueError:
        day = None
    return AuditFilter(
        text=asked.get("q", "").replace("\x00", "").strip()[:120],
        kind=kind if kind in AuditKind.values else "",
        # A day at the edge of the calendar has no next one.
        day=day if day and 1 < day.year < 9999 else None,
    )


def _name(wanted: AuditFilter) -> str:
    parts = [wanted.text, label(wanted.kind), str(wanted.day or "")]
    return f"audit-log.csv {' '.join(filter(None, parts))}".strip()
