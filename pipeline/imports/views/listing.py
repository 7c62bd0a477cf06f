"""All imports, and the start of a new one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.imports import services, tasks
from pipeline.imports.forms import UploadForm
from pipeline.imports.models import ImportRun
from pipeline.imports.selectors.listing import past_imports, source_lines
from rhythm.notices.hints import hint
from rhythm.people.access import acting_user, admin_required
from rhythm.web.forms import errors_to
from rhythm.web.numbers import whole_number

SOURCES = ("salesforce", "hubspot", "pipedrive", "crm")


@require_safe
@admin_required
def import_list(request: HttpRequest) -> HttpResponse:
    """Show the imports, newest first."""
    viewer = acting_user(request)
    now = timezone.now()
    imports, more = past_imports(
        viewer,
        before=whole_number(request.GET.get("before")),
        today=viewer.today(now),
    )
    context = {"imports": imports, "more": more, "sources": source_lines(viewer, now)}
    return render(request, "imports/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def import_create(request: HttpRequest) -> HttpResponse:
    """Take the files of an export, and look at what they are."""
    is_sent = request.method == "POST"
    form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
    if is_sent and form.is_valid():
        with errors_to(form):
            run = services.upload(
                form.cleaned_data["uploads"],
                by=acting_user(request),
                source=form.cleaned_data["source"],
                submission_key=form.cleaned_data["submission_key"],
            )
            if services.needs_worker(run):
                hint(tasks.work, run.pk)
            return redirect("imports:import_detail", run.pk)
    used = ImportRun.objects.visible_to(acting_user(request)).order_by()
    sources = used.values_list("source", flat=True).distinct()[:50]
    context = {"form": form, "sources": sorted({*SOURCES, *sources})}
    status = 422 if form.errors else 200
    return render(request, "imports/import_create.html", context, status=status)
