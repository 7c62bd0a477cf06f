"""The draft of a process: what it changes, whom it concerns, and publishing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.opportunities.forms.process_changes import PublishForm
from pipeline.opportunities.selectors import process_impact as impacts
from pipeline.opportunities.services import publishing as services
from pipeline.process import selectors
from pipeline.process.models import ForPresent, Process
from rhythm.people.access import acting_user, editable_or_403
from rhythm.web.forms import errors_to
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

PAGE = "opportunities/process_draft.html"


@require_http_methods(["GET", "HEAD", "POST"])
def process_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is not published of a process and what it would mean, or publish it."""
    by, now = acting_user(request), timezone.now()
    process = editable_or_403(Process.objects, by, pk=pk)
    found = selectors.working(process)
    new = selectors.stricter(found.live, found.plan.stages)
    is_sent = request.method == "POST"
    form = PublishForm(request.POST if is_sent else None, is_stricter=bool(new))
    impact = impacts.draft_impact(found, viewer=by, now=now)
    context: dict[str, Any] = {"form": form, "impact": impact, "is_stricter": bool(new)}
    status = 200
    if is_sent and form.is_valid():
        if impact.added > (whole_number(request.POST.get("accepted")) or 0):
            context["must_accept"], status = True, 422
        else:
            values = form.cleaned_data
            chosen = values.get("for_present") or ForPresent.NOW
            try:
                with errors_to(form):
                    version = services.publish(
                        process,
                        terms=services.terms(
                            chosen, values.get("days"), by=by, now=now
                        ),
                        note=values["note"],
                        by=by,
                        now=now,
                        shown=request.POST.get("version", ""),
                        concerned=impact.added_by_owner,
                    )
                    text = _("%(process)s is published as version %(n)d.")
                    values = {"process": process.name, "n": version.number}
                    toast(request, text % values)
                    return go(request, version.get_absolute_url())
            except Conflict:
                context["is_stale"], status = True, 409
    if form.errors:
        status = 422
    state = selectors.draft_state(process, viewer=by, now=now, found=found)
    context |= {
        "process": selectors.process_page(process, found.plan.stages),
        "draft": state,
        "removed": [e for e in found.live if e.id in found.plan.removals],
    }
    return render(request, PAGE, context, status=status)
