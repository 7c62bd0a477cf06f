"""Whether this process answers: for the supervisor and the load balancer."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 without asking the database: its absence is no reason to restart."""
    return HttpResponse("ok", content_type="text/plain")
