"""What everybody may read: the processes, and one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from pipeline.process import selectors
from pipeline.process.models import Process
from rhythm.people.access import acting_user, visible_or_404


@require_safe
def process_list(request: HttpRequest) -> HttpResponse:
    """Show the ways in which we sell; admins change them here."""
    viewer = acting_user(request)
    context = {
        "rows": selectors.process_rows(viewer),
        "can_edit": viewer.is_admin,
    }
    return render(request, "process/process_list.html", context)


@require_safe
def process_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how we sell: each stage, the buyer's step, guidance and milestones."""
    viewer = acting_user(request)
    process = visible_or_404(Process.objects, viewer, pk=pk)
    now = timezone.now()
    context = {
        "process": selectors.process_page(process),
        "version": selectors.current_version(process, viewer=viewer, now=now),
        "can_edit": viewer.is_admin,
        "draft": selectors.draft_state(process, viewer=viewer, now=now),
    }
    return render(request, "process/process_detail.html", context)
