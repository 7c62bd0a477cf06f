"""The list of reviews, and starting a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pipeline.opportunities.selectors.directory import page_number
from pipeline.opportunities.selectors.options import opportunity_choices
from pipeline.reviews import services
from pipeline.reviews.forms import LENGTHS, StartForm
from pipeline.reviews.selectors.lists import review_list as read_list
from pipeline.reviews.selectors.proposal import Proposal, propose_for
from pipeline.reviews.selectors.scope import Choices, choices_for
from rhythm.people.access import acting_user
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast

USUAL_MINUTES = 45


@require_GET
def review_list(request: HttpRequest) -> HttpResponse:
    """List the reviews to run, running and past."""
    viewer = acting_user(request)
    found = read_list(
        viewer,
        page=page_number(request.GET.get("page", "")),
        may_start=viewer.is_executive or viewer.is_manager,
        now=timezone.now(),
    )
    context = {"reviews": found}
    return render_part(request, "reviews/review_list.html", "past", context)


@require_http_methods(["GET", "POST"])
def review_start(request: HttpRequest) -> HttpResponse:
    """Propose an agenda for a team or a person (GET), or plan and start the review."""
    viewer, now = acting_user(request), timezone.now()
    choices = choices_for(viewer)
    if choices.first is None:
        raise PermissionDenied
    values = request.POST if request.method == "POST" else request.GET
    form = _start_form(values, choices, viewer, now)
    q, proposal = values.get("q", ""), None
    if form.is_valid() and form.choice:
        proposal = _proposal(form, values, viewer, now)
        if request.method == "POST":
            with errors_to(form):
                return _plan(request, form, proposal, viewer, now)
    context = {
        "form": form,
        "choices": choices,
        "proposal": proposal,
        "lengths": LENGTHS,
        "q": q,
        "found": opportunity_choices(viewer, q) if q.strip() else [],
        "key": values.get("submission_key") or uuid4(),
    }
    status = 422 if request.method == "POST" else 200
    return render_part(
        request, "reviews/review_start.html", "proposal", context, status=status
    )


@require_GET
def deal_options(request: HttpRequest) -> HttpResponse:
    """Offer open deals for the agenda while typing."""
    viewer, q = acting_user(request), request.GET.get("q", "")
    if not (viewer.is_executive or viewer.is_manager):
        raise PermissionDenied
    context = {"q": q, "found": opportunity_choices(viewer, q) if q.strip() else []}
    return render(request, "reviews/review_start.html#found", context)


def _start_form(
    values: QueryDict, choices: Choices, viewer: User, now: datetime
) -> StartForm:
    assert choices.first is not None
    today = viewer.today(now)
    filled: dict[str, Any] = {
        "with": choices.first.value,
        "minutes": USUAL_MINUTES,
        "starts_on": today,
        **{name: value for name, value in values.items() if value},
    }
    return StartForm(filled, choices=choices)


def _proposal(
    form: StartForm, values: QueryDict, viewer: User, now: datetime
) -> Proposal:
    assert form.choice is not None
    # Ticks count only for the subject that they were made for.
    is_same = values.get("shown") == form.choice.value
    return propose_for(
        form.choice.subject,
        viewer=viewer,
        minutes=form.cleaned_data["minutes"],
        ticked=_numbers(values, "talk") if is_same and "again" not in values else None,
        added=_numbers(values, "added") if is_same else [],
        now=now,
    )


def _plan(
    request: HttpRequest,
    form: StartForm,
    proposal: Proposal,
    viewer: User,
    now: datetime,
) -> HttpResponse:
    assert form.choice is not None
    is_later = request.POST.get("then") == "later"
    review = services.plan(
        form.choice.subject,
        chair=viewer,
        starts_at=form.moment(viewer, now) if is_later else now,
        minutes=form.cleaned_data["minutes"],
        talk=[each.pk for each in proposal.rows if each.is_ticked],
        exceptions=[each.pk for each in proposal.rows if not each.is_ticked],
        added=[each.pk for each in proposal.rows if each.is_added and each.is_ticked],
        now=now,
        submission_key=form.cleaned_data["submission_key"],
    )
    if is_later:
        toast(request, _("Kept for later."))
        return redirect("reviews:review_list")
    try:
        services.begin(review, by=viewer, now=now)
    except ValidationError as error:  # the same form again, after it was finished
        toast(request, " ".join(error.messages), level="warning")
    return redirect(review)


def _numbers(values: QueryDict, name: str) -> list[int]:
    found = (whole_number(each) for each in values.getlist(name))
    return [each for each in found if each is not None][:300]
