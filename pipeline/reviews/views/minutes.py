"""The minutes of a review, and their correction."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from pipeline.reviews import services
from pipeline.reviews.forms import CorrectionForm
from pipeline.reviews.models import ReviewItem
from pipeline.reviews.selectors.minutes import minutes_for
from pipeline.reviews.views.shared import item_or_404, take_chair, take_seat
from rhythm.calendar.models import MeetingState
from rhythm.web.conflicts import differences
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import close_sheet
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_GET
def review_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was decided and promised, as far as the viewer may know."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in (MeetingState.HELD, MeetingState.ABANDONED):
        return redirect(seat.review)
    minutes = minutes_for(
        seat.review, seat.viewer, is_chair=seat.is_chair, now=seat.now
    )
    context = {
        "review": seat.review,
        "minutes": minutes,
        "may_correct": seat.is_chair and minutes.is_held,
    }
    return render(request, "reviews/review_minutes.html", context)


@require_http_methods(["GET", "POST"])
def review_correct(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Correct what the minutes say about one deal."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    if seat.review.meeting.state != MeetingState.HELD:
        return redirect(seat.review)
    form = CorrectionForm(request.POST) if request.POST else CorrectionForm.of(item)
    status, changes = 200, []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                with errors_to(form):
                    _correct(request, item, form)
                    toast(request, _("Corrected"))
                    return _done(request, pk)
            except Conflict as conflict:
                now = conflict.current
                theirs = {name: getattr(now, name) for name in form.values()}
                status, changes = 409, differences(form, theirs)
    context = {"review": seat.review, "item": item, "form": form, "changes": changes}
    template = "reviews/review_correct.html"
    return render_part(request, template, "sheet", context, status=status)


def _correct(request: HttpRequest, item: ReviewItem, form: CorrectionForm) -> None:
    seat = take_chair(request, item.review_id)
    services.correct(
        item,
        form.values(),
        reason=form.cleaned_data["reason"],
        by=seat.viewer,
        now=seat.now,
        shown_version=None
        if "overwrite" in request.POST
        else form.cleaned_data["version"],
    )


def _done(request: HttpRequest, pk: int) -> HttpResponse:
    if not wants_part(request):
        return redirect("reviews:review_minutes", pk)
    response = close_sheet(HttpResponse(status=204))
    response["HX-Refresh"] = "true"
    return response
