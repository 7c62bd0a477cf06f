"""The vote: was it worth the time?"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.runner import services
from pipeline.runner.forms import VoteForm
from pipeline.runner.models import Vote
from pipeline.runner.selectors.votes import (
    is_asked,
    is_open,
    may_vote,
    until_text,
    worth_of,
)
from pipeline.runner.views.shared import take_seat
from rhythm.web.forms import errors_to
from rhythm.web.toasts import toast


@require_http_methods(["GET", "POST"])
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether it was worth the time (GET), or keep what somebody says."""
    seat = take_seat(request, pk)
    run = seat.run
    if run is None or not is_asked(run):
        raise Http404
    if not may_vote(run, seat.viewer):
        raise PermissionDenied
    own = Vote.objects.visible_to(seat.viewer).filter(run=run).first()
    initial = {"score": own.score, "line": own.line} if own else {}
    form = VoteForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with errors_to(form):
            score, line = form.cleaned_data["score"], form.cleaned_data["line"]
            services.vote(run, score, line, by=seat.viewer, now=seat.now)
            toast(request, _("Thank you. It is counted."))
            return redirect("runner:minutes", pk)
    context = {
        "meeting": seat.meeting,
        "form": form,
        "is_open": is_open(run, seat.now),
        "until": until_text(run, seat.viewer, seat.now),
        "worth": worth_of(run, seat.viewer, seat.now),
        "own": own,
    }
    status = 422 if form.is_bound else 200
    return render(request, "runner/vote.html", context, status=status)
