"""What the views of an account review share: who asks, and the answer with a plan."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from pipeline.accounts.models import AccountReview, AccountReviewItem
from pipeline.accounts.selectors.parts import with_parts
from pipeline.accounts.selectors.plan import plan_view
from pipeline.accounts.selectors.room import items_for, room_of
from pipeline.accounts.views.answers import UNTIL_DUE, promisers
from pipeline.accounts.words import DECISIONS
from rhythm.calendar.views import seats
from rhythm.web.htmx import wants_part

STEP = "accounts/room/_step.html"
PAGE = "accounts/review_detail.html"


type Seat = seats.Seat[AccountReview]


def take_seat(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of whoever may see the review; otherwise answer 404."""
    return seats.take_seat(AccountReview, request, pk)


def take_chair(request: HttpRequest, pk: int) -> Seat:
    """Return the seat of the chair; others who see the review get 403."""
    return seats.take_chair(AccountReview, request, pk)


def item_or_404(seat: Seat, pk: int) -> AccountReviewItem:
    """Return an item of the review that the viewer may see."""
    items = items_for(seat.review, seat.viewer).select_related("plan__account")
    item: AccountReviewItem | None = items.filter(pk=pk).first()
    if item is None:
        raise Http404
    item.review = seat.review
    return item


def step_context(
    seat: Seat, item_pk: int | None, *, with_plan: bool = True, **more: Any
) -> dict[str, Any]:
    """Return what the room needs to show one plan; hidden items answer 404.

    At most six queries, one without the plan itself.
    """
    review, viewer, now = seat.review, seat.viewer, seat.now
    room = room_of(review, viewer, item_id=item_pk, now=now)
    if item_pk and (room.shown is None or room.shown.pk != item_pk):
        raise Http404
    context: dict[str, Any] = {"review": review, "room": room, "looks": DECISIONS}
    if room.shown is not None and with_plan:
        plans: Any = with_parts(viewer)
        plan = plan_view(plans.get(pk=room.shown.plan_id), viewer, now, is_whole=False)
        context |= {"plan": plan, "promisers": promisers(plan, viewer)}
    shown = room.shown.pk if room.shown else 0
    address = reverse("accounts:review_pulse", args=[review.pk])
    context |= {
        "item": room.shown,
        "may_claim": seat.may_claim,
        "now": now,
        "move_key": uuid4(),
        "default_due": viewer.today(now) + UNTIL_DUE,
        "pulse_url": f"{address}?pulse={room.pulse}&item={shown}",
    }
    return context | more


def show_step(
    request: HttpRequest,
    seat: Seat,
    item_pk: int | None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with a plan: the parts that change for htmx, otherwise the page."""
    is_part = wants_part(request)
    context = step_context(seat, item_pk, **more) | {"is_part": is_part}
    response = render(request, STEP if is_part else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def after_change(request: HttpRequest, pk: int, item_pk: int | None) -> HttpResponse:
    """Answer a change: the plan where the chair is for htmx, otherwise its page."""
    seat = take_seat(request, pk)
    wanted = seat.review.current_item_id or item_pk
    if not wants_part(request):
        return redirect("accounts:review_item", pk, wanted)
    response = show_step(request, seat, wanted, focus=True)
    response["HX-Push-Url"] = reverse("accounts:review_item", args=[pk, wanted])
    return response
