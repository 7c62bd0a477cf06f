"""One import: check, run, how far it is, and what became of each row."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from pipeline.imports import conflicts, forms, services, tasks
from pipeline.imports.models import ImportFile, ImportRun, ImportState
from pipeline.imports.questions import open_questions
from pipeline.imports.selectors import progress as progress_of
from pipeline.imports.selectors import results, setup
from pipeline.imports.selectors.refused import RefusedFile
from rhythm.notices.hints import hint
from rhythm.people.access import (
    acting_user,
    admin_required,
    editable_or_403,
    visible_or_404,
)
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
@admin_required
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an import; one that is being set up goes to its first open question."""
    run = visible_or_404(ImportRun.objects, acting_user(request), pk=pk)
    if run.state == ImportState.DRAFT:
        questions = open_questions(run)
        is_known = not questions and run.answers.get("recalled")
        if (run.version == 1 and not is_known) or questions:
            step = questions[0].step if run.version > 1 else "files"
            return redirect(f"imports:import_{step}", run.pk)
    context = _context(request, run)
    return render_part(request, "imports/import_detail.html", "rows", context)


def _context(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    found = results.results(run)
    asked = request.GET
    page = results.row_page(
        run,
        found,
        file=whole_number(asked.get("file")),
        kind=asked.get("kind", ""),
        action=asked.get("action", ""),
        after=whole_number(asked.get("after")) or 0,
    )
    title, text = progress_of.heading(run)
    return {
        "run": run,
        "state": run.state,
        "title": title,
        "text": text,
        "steps": setup.steps(run, _step(run)),
        "progress": progress_of.progress(run),
        "results": found,
        "page": page,
    }


def _step(run: ImportRun) -> str:
    """Return the step that the page of an import stands for."""
    if run.state in (ImportState.READ_QUEUED, ImportState.READING):
        return "files"
    return "done" if run.is_final else "check"


@require_POST
@admin_required
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Have every row checked, without changing anything."""
    return _act(request, pk, services.start_check)


@require_POST
@admin_required
def run_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the rows brought in."""
    start = partial(services.start_run, by=acting_user(request))
    return _act(request, pk, start)


def _act(request: HttpRequest, pk: int, act: Any) -> HttpResponse:
    run = editable_or_403(ImportRun.objects, acting_user(request), pk=pk)
    try:
        run = act(run, shown_version=forms.shown_version(request.POST))
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    except Conflict:
        toast(request, _("Somebody else changed this import."), level="warning")
    else:
        hint(tasks.work, run.pk)
    return redirect("imports:import_detail", pk)


@require_POST
@admin_required
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Have what the import did taken back, where nobody touched it since."""
    start = partial(services.start_undo, by=acting_user(request))
    return _act(request, pk, start)


@require_POST
@admin_required
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether what is here or what the file says counts, of one conflict or all."""
    run = editable_or_403(ImportRun.objects, acting_user(request), pk=pk)
    asked = request.POST
    try:
        run = conflicts.settle(
            run,
            asked.get("choice", ""),
            kind=asked.get("kind", ""),
            target=whole_number(asked.get("target")),
            field=asked.get("field", ""),
        )
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
        return go(request, run)
    if not wants_part(request):
        return redirect(f"{run.get_absolute_url()}#rows")
    context = _context(request, run)
    return render(request, "imports/import_detail.html#rows", context)


@require_POST
@admin_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop an import. What is in stays in."""
    run = editable_or_403(ImportRun.objects, acting_user(request), pk=pk)
    services.cancel(run)
    return redirect("imports:import_detail", pk)


@require_safe
@admin_required
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far it is; when the worker is done, have the page load again."""
    run = visible_or_404(ImportRun.objects, acting_user(request), pk=pk)
    if not run.is_working:
        return HttpResponseClientRefresh()
    context = {"run": run, "progress": progress_of.progress(run)}
    return render(request, "imports/import_detail.html#progress", context)


class _Echo:
    """What csv writes to; gives each line back, to be streamed."""

    def write(self, line: str) -> str:
        return line


@require_safe
def refused(request: HttpRequest, pk: int, file: int) -> HttpResponseBase:
    """Give the refused rows of a file as CSV, each with its reason."""
    run = visible_or_404(ImportRun.objects, acting_user(request), pk=pk)
    found = ImportFile.objects.filter(run=run, pk=file).first()
    if found is None:
        raise Http404
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        # Excel takes UTF-8 for what it is only behind this mark.
        yield "\ufeff"
        for cells in RefusedFile(found).lines():
            yield writer.writerow(cells)

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    name = f"refused-{found.name.rsplit('.', 1)[0]}.csv"
    header = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = header or "attachment"
    return response
