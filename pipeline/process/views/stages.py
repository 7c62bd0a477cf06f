"""Adding and ordering stages. For admins; editing one needs its deals."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
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


@require_http_methods(["GET", "HEAD", "POST"])
def stage_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage after the last open one, then open its editor."""
    process = editable_or_403(Process.objects, acting_user(request), pk=pk)
    form = NewStageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with errors_to(form):
            stage = services.add_stage(process, **form.cleaned_data)
            return go(request, reverse("opportunities:stage_edit", args=[stage.pk]))
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
    """Put the open stages into the order that dragging or the arrows ask for."""
    process = editable_or_403(Process.objects, acting_user(request), pk=pk)
    form = OrderForm(request.POST)
    if form.is_valid():
        try:
            services.order_stages(process, form.cleaned_data["order"])
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
    return go(request, safe_next(request, process.get_absolute_url()))
