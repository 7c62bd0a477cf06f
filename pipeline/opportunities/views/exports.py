"""The deals of the table as a file."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from uuid import uuid4

from django.core.cache import cache
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from pipeline.opportunities.models import SavedView
from pipeline.opportunities.selectors.exports import heads_of, rows_of
from pipeline.opportunities.selectors.questions import (
    Question,
    deals_of,
    question_from,
)
from rhythm.people.access import acting_user
from rhythm.people.limits import is_allowed
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit
from rhythm.web.exports import as_text, csv_lines
from rhythm.web.formats import count
from rhythm.web.sheets import write_xlsx

CSV, XLSX = "csv", "xlsx"
# Beyond these a file is not made. A sheet is built before it is sent.
MOST_ROWS = {CSV: 1_000_000, XLSX: 100_000}
# How long one export keeps the next one of the same person waiting, at most.
LEASE_SECONDS = 120
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
def opportunity_export(request: HttpRequest) -> HttpResponseBase:
    """Give what the table shows as CSV or XLSX, and write down that it was taken."""
    viewer = acting_user(request)
    question = question_from(request.POST)
    form = XLSX if request.POST.get("form") == XLSX else CSV
    if not is_allowed(request, "export"):
        return _refused(request, question, _wait(), status=429)
    now = timezone.now()
    number = deals_of(viewer, question.filters, now=now).count()
    if number > MOST_ROWS[form]:
        return _refused(request, question, _too_many(form, number), form=form)
    release = _claim(viewer)
    if release is None:
        return _refused(request, question, _wait(), status=429)
    name = f"{_title(viewer, question)} {viewer.today(now):%Y-%m-%d}.{form}"
    audit.record(
        AuditKind.EXPORTED,
        by=viewer,
        subject=name,
        text=_told(number, question),
        ip=audit.ip_of(request),
    )
    make = _csv if form == CSV else _xlsx
    response = make(viewer, question, now, release)
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


def _csv(
    viewer: User, question: Question, now: datetime, release: Callable[[], None]
) -> HttpResponseBase:
    rows = rows_of(viewer, question, now=now)
    lines = csv_lines(as_text(chain([heads_of(question)], rows)))

    def then_released() -> Iterator[str]:
        try:
            yield from lines
        finally:
            release()

    return StreamingHttpResponse(
        then_released(), content_type="text/csv; charset=utf-8"
    )


def _xlsx(
    viewer: User, question: Question, now: datetime, release: Callable[[], None]
) -> HttpResponseBase:
    # The response closes it.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        write_xlsx(
            file,
            _("Deals"),
            heads_of(question),
            rows_of(viewer, question, now=now),
            currency=viewer.organisation.currency,
        )
    except BaseException:
        file.close()
        raise
    finally:
        release()
    file.seek(0)
    return FileResponse(file, content_type=SHEET_TYPE)


def _claim(viewer: User) -> Callable[[], None] | None:
    """Return what ends this export; None while another one of the person runs."""
    key, token = f"export:{viewer.pk}", uuid4().hex
    if not cache.add(key, token, LEASE_SECONDS):
        return None

    def release() -> None:
        # After the lease the key may be that of the next one.
        if cache.get(key) == token:
            cache.delete(key)

    return release


def _title(viewer: User, question: Question) -> str:
    """Return how the file is called: as its view, if it has one."""
    view = SavedView.objects.visible_to(viewer).filter(pk=question.view or 0).first()
    # What no file system takes.
    return re.sub(r'[\x00-\x1f/\\:*?"<>|]+', "-", view.name) if view else _("Deals")


def _told(number: int, question: Question) -> str:
    deals = ngettext("%(count)s deal", "%(count)s deals", number)
    asked = ", ".join(f"{name}={value}" for name, value in question.values().items())
    return f"{deals % {'count': count(number)}}; {asked}".removesuffix("; ")


def _wait() -> tuple[str, str]:
    return (
        _("One file at a time."),
        _("Another export of yours still runs, or there were many. Try again soon."),
    )


def _too_many(form: str, number: int) -> tuple[str, str]:
    words = {"count": count(number), "most": count(MOST_ROWS[form])}
    if form == XLSX:
        text = _(
            "These are %(count)s deals, and an Excel file takes %(most)s here. "
            "Narrow them, or take CSV."
        )
    else:
        text = _("These are %(count)s deals; at most %(most)s go out. Narrow them.")
    return _("Too many deals for one file."), text % words


def _refused(
    request: HttpRequest,
    question: Question,
    words: tuple[str, str],
    *,
    form: str = "",
    status: int = 422,
) -> HttpResponse:
    context = {
        "title": words[0],
        "text": words[1],
        "asked": question.address(),
        "values": question.values(),
        "can_csv": form == XLSX,
    }
    return render(request, "opportunities/export_refused.html", context, status=status)
