"""The lists, one commitment, and a new one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from rhythm.commitments import services
from rhythm.commitments.forms import CommitmentForm
from rhythm.commitments.models import Commitment
from rhythm.commitments.selectors.history import history
from rhythm.commitments.selectors.lists import lists, summary
from rhythm.commitments.selectors.rows import row, shaped
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.toasts import toast

VIEWS = ("mine", "to_me", "team", "done")


@require_GET
def commitment_list(request: HttpRequest) -> HttpResponse:
    """Show what was promised: ?view= mine, to_me, team or done."""
    viewer = acting_user(request)
    today = viewer.today(timezone.now())
    which = request.GET.get("view", "mine")
    if which not in VIEWS or (which == "team" and not viewer.is_manager):
        which = "mine"
    after = request.GET.get("after", "")
    context: dict[str, Any] = {
        "which": which,
        "lists": lists(which, viewer, today=today, after=after),
        "summary": summary(viewer, today=today),
        "leads": viewer.is_manager,
    }
    template = "commitments/commitment_list.html"
    return render_part(request, template, "commitments", context)


@require_GET
def commitment_summary(request: HttpRequest) -> HttpResponse:
    """Show the counts of the own list again, after one of them changed."""
    viewer = acting_user(request)
    context = {"summary": summary(viewer, today=viewer.today(timezone.now()))}
    return render(request, "commitments/commitment_list.html#summary", context)


@require_GET
def commitment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one commitment and what happened to it."""
    commitment = visible_or_404(
        shaped(Commitment.objects.all()), acting_user(request), pk=pk
    )
    context = detail_context(commitment, acting_user(request))
    return render(request, "commitments/commitment_detail.html", context)


def detail_context(commitment: Commitment, viewer: User) -> dict[str, Any]:
    """Return what the page of one commitment shows. It came through `shaped`."""
    today = viewer.today(timezone.now())
    return {
        "commitment": commitment,
        "row": row(commitment, viewer, today=today),
        "history": history(commitment, today=today),
    }


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with, also when that is nothing at all."""
    return request.POST if request.method == "POST" else None


@require_http_methods(["GET", "POST"])
def commitment_create(request: HttpRequest) -> HttpResponse:
    """Make a commitment of one's own, or of somebody one leads."""
    viewer = acting_user(request)
    form = CommitmentForm(posted(request), viewer=viewer)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        today = values["promiser"].today(timezone.now())
        with errors_to(form):
            commitment = services.make(**values, today=today)
            toast(request, _("Commitment made"))
            if wants_part(request):
                return HttpResponseClientRefresh()
            return redirect(commitment)
    return render_part(
        request,
        "commitments/commitment_create.html",
        "sheet",
        {"form": form},
        status=422 if form.errors else 200,
    )
