"""Review mode: open it, step through it, follow along."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.opportunities.selectors.history import changes_since
from pipeline.reviews import services
from pipeline.reviews.models import ReviewItem
from pipeline.reviews.selectors.around import deal_pulse
from pipeline.reviews.selectors.preparing import preparing
from pipeline.reviews.selectors.room import first_to_show, items_for
from pipeline.reviews.views.shared import (
    Seat,
    item_or_404,
    part,
    show_step,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.models import IN_PROGRESS, NEVER_BEGUN, OVER, STARTABLE
from rhythm.web.htmx import wants_part
from rhythm.web.numbers import whole_number

LONGEST_CHANGES = 12


@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a review: its plan, itself where the chair is, or its minutes."""
    seat = take_seat(request, pk)
    state = seat.review.meeting.state
    if state in NEVER_BEGUN:
        return redirect("meetings:meeting_detail", seat.review.meeting_id)
    if state in OVER:
        return redirect("reviews:review_minutes", pk)
    if state in STARTABLE:
        return _planned(request, seat)
    item = first_to_show(seat.review, seat.viewer)
    return show_step(request, seat, item)


def _planned(request: HttpRequest, seat: Seat) -> HttpResponse:
    context = step_context(seat, None)
    context["preparing"] = preparing(seat.review, seat.viewer, now=seat.now)
    return render(request, "reviews/review_planned.html", context)


@require_GET
def review_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Show one deal of a review that runs or rests."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in IN_PROGRESS:
        item_or_404(seat, item_pk)
        return redirect(seat.review)
    return show_step(request, seat, item_pk, focus=True)


@require_GET
def review_changes(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Show what changed on a deal since its last review."""
    seat = take_seat(request, pk)
    item = item_or_404(seat, item_pk)
    moments = {item.opportunity_id: item.compare_since}
    found = changes_since(moments, viewer=seat.viewer, now=seat.now)
    changes = found[item.opportunity_id]
    context = {
        "review": seat.review,
        "item": item,
        "changes": changes[:LONGEST_CHANGES],
        "more": max(len(changes) - LONGEST_CHANGES, 0),
    }
    name = "reviews/_changes.html" if wants_part(request) else "reviews/changes.html"
    return part(request, name, context)


@require_POST
def review_at(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Note that the chair is at this deal now."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    review = services.go_to(seat.review, item.pk, by=seat.viewer, now=seat.now)
    if not wants_part(request):
        return redirect("reviews:review_item", pk, item_pk)
    seat.review.pulse = review.pulse
    seat.review.current_item_id = review.current_item_id
    seat.review.current_since = review.current_since
    context = step_context(seat, item_pk) | {"is_part": True}
    return part(request, "reviews/_pulse_only.html", context)


@require_GET
def review_pulse(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 204 while nothing is new, otherwise with what changed."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in IN_PROGRESS:
        response = HttpResponse()
        response["HX-Redirect"] = seat.review.get_absolute_url()
        return response
    shown = whole_number(request.GET.get("item"))
    before = whole_number(request.GET.get("pulse")) or 0
    item = _shown_item(seat, shown)
    is_same_deal = item is not None and item[1] == whole_number(request.GET.get("deal"))
    if before == seat.review.pulse and (is_same_deal or shown is None):
        return HttpResponse(status=204)
    wanted = _follow(seat, shown if item else None)
    touched = _touched(seat, before)
    # Who got or lost the chair decides from now on, or no more.
    is_same_seat = request.GET.get("chair") == str(int(seat.is_chair))
    is_same = is_same_deal and is_same_seat
    context = step_context(seat, wanted)
    room = context["room"]
    context |= {
        "touched": {wanted, shown, *touched},
        "is_part": True,
        "whole_queue": request.GET.get("rows") != f"{len(room.rows)}-{len(room.talk)}",
        "with_deal": wanted != shown or not is_same or wanted in touched,
    }
    response = part(request, "reviews/_pulse.html", context)
    response["Review-Item"] = str(wanted or "")
    return response


def _shown_item(seat: Seat, pk: int | None) -> tuple[int, int] | None:
    """Return the item that the window shows and its deal's pulse, if it may."""
    items = items_for(seat.review, seat.viewer).filter(pk=pk or 0)
    return items.values_list("pk", deal_pulse()).first()


def _follow(seat: Seat, shown: int | None) -> int | None:
    """Return the item to show: where the chair is, if the viewer may see it."""
    current = seat.review.current_item_id
    visible = items_for(seat.review, seat.viewer)
    if current and current != shown and visible.filter(pk=current).exists():
        return current
    return shown or first_to_show(seat.review, seat.viewer)


def _touched(seat: Seat, pulse: int) -> set[int]:
    changed = ReviewItem.objects.filter(review=seat.review, beat__gt=pulse)
    return set(changed.values_list("pk", flat=True))
