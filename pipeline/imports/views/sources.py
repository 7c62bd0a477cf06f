"""A source: what it is called, and what it keeps for itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.imports.deliveries import folder_of
from pipeline.imports.forms.sources import SourceForm
from pipeline.imports.models import UploadLink
from pipeline.opportunities import services
from pipeline.opportunities.models import Source
from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.web.conflicts import with_version
from rhythm.web.forms import errors_to
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def source_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a source is called, and which fields of its deals it keeps."""
    source = editable_or_403(Source.objects, acting_user(request), pk=pk)
    is_sent = request.method == "POST"
    form = SourceForm(source, request.POST if is_sent else None)
    status = 422 if is_sent else 200
    if is_sent and form.is_valid():
        try:
            with errors_to(form):
                services.edit_source(
                    source,
                    title=form.cleaned_data["title"],
                    owned=form.cleaned_data["owned"],
                    shown_version=form.cleaned_data["version"],
                )
                toast(request, _("Saved"))
                return redirect("imports:import_list")
        except Conflict as conflict:
            with_version(form, conflict.current.version)
            form.add_error(None, _("Somebody changed it meanwhile. Save to go on."))
            status = 409
    link = UploadLink.objects.filter(source=source).select_related("by").first()
    context = {
        "source": source,
        "form": form,
        "folder": folder_of(source),
        "link": link,
    }
    return render(request, "imports/source_edit.html", context, status=status)
