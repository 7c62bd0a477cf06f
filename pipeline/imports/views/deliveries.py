"""The secret link that takes files of a source, and its making."""

from __future__ import annotations

import tempfile

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.imports import deliveries, tasks
from pipeline.imports.services import LARGEST_FILE
from pipeline.opportunities.models import Source
from rhythm.notices.hints import hint
from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.people.limits import limited
from rhythm.web.toasts import toast

BLOCK = 1024 * 1024


@require_POST
@admin_required
def link_make(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the link of a source, and show it this once."""
    by = acting_user(request)
    source = editable_or_403(Source.objects, by, pk=pk)
    token = deliveries.make_link(source, by=by, now=timezone.now())
    path = reverse("imports:receive", args=[token, "deals.csv"])
    context = {"source": source, "address": settings.APP_BASE_URL + path}
    return render(request, "imports/link_made.html", context)


@require_POST
@admin_required
def link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the link of a source away."""
    by = acting_user(request)
    source = editable_or_403(Source.objects, by, pk=pk)
    deliveries.revoke_link(source, by=by)
    toast(request, _("The link opens nothing any more"))
    return redirect("imports:source_edit", pk)


@csrf_exempt
@login_not_required
@limited("upload")
@require_http_methods(["PUT", "POST"])
def receive(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """Take the body as a file of the link's source: `curl -T deals.csv <address>`.

    The secret in the address is the only credential, so no session or form can be
    made to send here by another site.
    """
    link = deliveries.link_of(token)
    if link is None:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > LARGEST_FILE:
        return _said(_("The file is larger than 1 GB."), 413)
    with tempfile.TemporaryFile() as kept:
        size = 0
        while block := request.read(BLOCK):
            size += len(block)
            if size > LARGEST_FILE:
                return _said(_("The file is larger than 1 GB."), 413)
            kept.write(block)
        if not size:
            return _said(_("The body is empty: send the file as it is."), 422)
        kept.seek(0)
        file = File(kept, name=name)
        file.size = size
        try:
            run = deliveries.receive(link, file, timezone.now())
        except ValidationError as error:
            return _said(" ".join(error.messages), 422)
    hint(tasks.work, run.pk)
    return _said(_("Taken: import %(number)s") % {"number": run.pk}, 202)


def _said(text: str, status: int) -> HttpResponse:
    return HttpResponse(f"{text}\n", status=status, content_type="text/plain")
