"""The pre-read of a meeting, and who has read it."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from pipeline.meetings import services
from pipeline.meetings.models import PrereadReader
from pipeline.meetings.selectors.preread import covered, covering, preread_of
from rhythm.calendar.models import Meeting
from rhythm.calendar.prereads import KINDS
from rhythm.people.access import acting_user, visible_or_404
from rhythm.web.htmx import wants_part
from rhythm.web.http import go

PAGE = "meetings/meeting_preread.html"


@require_safe
def meeting_preread(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what needs no time in a meeting, of what the viewer sees."""
    viewer, now = acting_user(request), timezone.now()
    noted = PrereadReader.objects.filter(meeting=OuterRef("pk"), reader=viewer)
    found = covering(Meeting.objects.annotate(is_noted=Exists(noted)))
    meeting = visible_or_404(found, viewer, pk=pk)
    if meeting.kind not in KINDS:
        raise Http404
    context = {
        "page": preread_of(covered(meeting), viewer, now=now),
        "is_noted": getattr(meeting, "is_noted", False),
    }
    return render(request, PAGE, context)


@require_POST
def preread_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the viewer has read it."""
    viewer = acting_user(request)
    meeting = visible_or_404(Meeting.objects.all(), viewer, pk=pk)
    if meeting.kind not in KINDS:
        raise Http404
    services.note_read(meeting, viewer, now=timezone.now())
    if not wants_part(request):
        return go(request, "meetings:meeting_preread", pk)
    context = {"page": {"pk": pk}, "is_noted": True}
    return render(request, f"{PAGE}#read", context)
