"""What the views of review mode share: fetching, and the answer that shows a deal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from pipeline.opportunities.selectors.sources import origins
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors.around import ItemWithDeal, items_with_deal
from pipeline.reviews.selectors.deal import DealView, deal_view
from pipeline.reviews.selectors.room import Room, items_for, room_of
from pipeline.reviews.words import LOOKS
from rhythm.calendar.views import seats
from rhythm.web.htmx import wants_part

# What a deal needs beside itself when it is swapped in.
STEP = "reviews/_step.html"
PAGE = "reviews/review_detail.html"


type Seat = seats.Seat[Review]


def take_seat(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of whoever may see the review; otherwise answer 404."""
    return seats.take_seat(Review, request, pk)


def take_chair(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of the chair; others who see the review get 403."""
    return seats.take_chair(Review, request, pk)


def item_or_404(seat: Seat, pk: int) -> ReviewItem:
    """Return an item of the review that the viewer may see."""
    item = items_for(seat.review, seat.viewer).filter(pk=pk).first()
    if item is None:
        raise Http404
    item.review = seat.review
    return item


def step_context(seat: Seat, item_pk: int | None, **more: Any) -> dict[str, Any]:
    """Return what the page and its parts need to show one deal. Five queries."""
    review, viewer = seat.review, seat.viewer
    currency = viewer.organisation.currency
    deal: DealView | None = None
    if item_pk is not None:
        items = items_for(review, viewer, items_with_deal(viewer))
        found = cast("ItemWithDeal | None", items.filter(pk=item_pk).first())
        if found is None:
            raise Http404
        deal = deal_view(found, review, viewer, currency=currency, now=seat.now)
    room = room_of(review, viewer, item_id=item_pk, currency=currency, now=seat.now)
    context = {
        "review": review,
        "room": room,
        "deal": deal,
        "looks": LOOKS,
        "now": seat.now,
        "may_run": room.is_chair and not room.is_over,
        "may_edit": bool(
            deal and room.is_chair and deal.is_editable and not room.is_over
        ),
        "may_claim": not room.is_chair and not room.is_over and seat.may_claim,
        "commitment_key": uuid4(),
        "pulse_url": pulse_url(room, deal),
        "origins": origins(viewer, seat.now),
    }
    return context | more


def pulse_url(room: Room, deal: DealView | None) -> str:
    """Return where this window asks for what is new, with what it shows already."""
    address = reverse("reviews:review_pulse", args=[room.pk])
    shown = f"{deal.pk}&deal={deal.pulse}" if deal else ""
    rows = f"{len(room.rows)}-{len(room.talk)}"
    chair = int(room.is_chair)
    return f"{address}?pulse={room.pulse}&rows={rows}&chair={chair}&item={shown}"


def show_step(
    request: HttpRequest,
    seat: Seat,
    item_pk: int | None,
    *,
    touched: Iterable[int] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with a deal: the parts that change for htmx, otherwise the page.

    touched are the items whose rows in the queue changed.
    """
    is_part = wants_part(request)
    context = step_context(seat, item_pk, **more)
    context["touched"] = {*touched, item_pk}
    context["is_part"] = is_part
    response = render(request, STEP if is_part else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def after_change(
    request: HttpRequest, pk: int, item_pk: int, *, touched: Iterable[int] = ()
) -> HttpResponse:
    """Answer a change: the deal anew for htmx, otherwise go back to its page."""
    if not wants_part(request):
        return redirect("reviews:review_item", pk, item_pk)
    seat = take_seat(request, pk)
    response = show_step(request, seat, item_pk, touched=touched, focus=True)
    response["HX-Push-Url"] = reverse("reviews:review_item", args=[pk, item_pk])
    return response


def part(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with one template for htmx to swap."""
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
