"""Adding, ordering and putting back stages in the draft. For admins."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.process import services
from pipeline.process.forms import NewStageForm, OrderForm
from pipeline.process.models import Process
from pipeline.process.views.processes import PAGE
from rhythm.people.access import acting_user, editable_or_403
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go, safe_next
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def stage_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage to the draft, after the last open one, then open its editor."""
    by = acting_user(request)
    process = editable_or_403(Process.objects, by, pk=pk)
    form = NewStageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with errors_to(form):
            stage = services.draft_new_stage(
                process, **form.cleaned_data, by=by, now=timezone.now()
            )
            return go(request, reverse("opportunities:stage_edit", args=[stage]))
    context = {
        "form": form,
        "title": _("New stage in %(process)s") % {"process": process.name},
        "action": reverse("process:stage_create", args=[pk]),
        "button": _("Add stage"),
    }
    status = 422 if form.errors else 200
    return render_part(request, PAGE, "sheet", context, status=status)


@require_POST
def stage_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the draft's stages into the order that dragging or the arrows ask for."""
    by = acting_user(request)
    process = editable_or_403(Process.objects, by, pk=pk)
    form = OrderForm(request.POST)
    if form.is_valid():
        order = form.cleaned_data["order"]
        try:
            services.draft_order(process, order, by=by, now=timezone.now())
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
    return go(request, safe_next(request, process.get_absolute_url()))


@require_POST
def stage_restore(request: HttpRequest, pk: int, stage_pk: int) -> HttpResponse:
    """Put a stage that the draft removes back into it."""
    by = acting_user(request)
    process = editable_or_403(Process.objects, by, pk=pk)
    try:
        services.draft_restore(process, stage_pk, by=by, now=timezone.now())
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return go(request, reverse("opportunities:process_draft", args=[pk]))


@require_POST
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop all that is not published. What is published stays."""
    process = editable_or_403(Process.objects, acting_user(request), pk=pk)
    shown = request.POST.get("version", "")
    try:
        services.discard_draft(process, shown=shown)
    except Conflict:
        message = _("Somebody edited the draft meanwhile. Look at it again.")
        toast(request, message, level="error")
        return go(request, reverse("opportunities:process_draft", args=[pk]))
    toast(request, _("The draft is discarded. What is published stays."))
    return go(request, process.get_absolute_url())
