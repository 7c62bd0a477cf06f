"""The versions of a process: read and compared by everybody who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.process import selectors
from pipeline.process.models import Process, ProcessVersion
from rhythm.people.access import acting_user, visible_or_404
from rhythm.web.numbers import whole_number


@require_safe
def version_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all versions of a process, with two of them to compare."""
    viewer = acting_user(request)
    process = visible_or_404(Process.objects, viewer, pk=pk)
    rows = selectors.version_rows(process, viewer=viewer, now=timezone.now())
    context = {"process": process, "rows": rows}
    return render(request, "process/version_list.html", context)


@require_safe
def version_detail(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Show what changed in a version, and the whole process as it was."""
    viewer = acting_user(request)
    versions = ProcessVersion.objects.select_related("process", "published_by")
    version = visible_or_404(versions, viewer, process=pk, number=number)
    page = selectors.version_page(version, viewer=viewer, now=timezone.now())
    return render(
        request, "process/version_detail.html", {"version": page, "process": page.page}
    )


@require_safe
def version_compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in words what changed from one version to another.

    Without two that there are, the newest is compared with the one before it.
    """
    viewer = acting_user(request)
    process = visible_or_404(Process.objects, viewer, pk=pk)
    rows = selectors.version_rows(process, viewer=viewer, now=timezone.now())
    numbers = [each.number for each in rows] or [0]
    older = _chosen(request, "from", numbers, numbers[min(1, len(numbers) - 1)])
    newer = _chosen(request, "to", numbers, numbers[0])
    older, newer = min(older, newer), max(older, newer)
    found = ProcessVersion.objects.visible_to(viewer).filter(process=process)
    both = {each.number: each for each in found.filter(number__in=(older, newer))}
    told = selectors.compared(both[older], both[newer]) if both else []
    context = {
        "process": process,
        "rows": rows,
        "older": older,
        "newer": newer,
        "changes": told,
    }
    return render(request, "process/version_compare.html", context)


def _chosen(request: HttpRequest, name: str, numbers: list[int], default: int) -> int:
    number = whole_number(request.GET.get(name))
    return number if number in numbers else default
