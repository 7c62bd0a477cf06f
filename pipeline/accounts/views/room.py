"""The room of an account review: open it, step through it, follow along, decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from pipeline.accounts import services
from pipeline.accounts.forms.reviews import DecideForm
from pipeline.accounts.models import PlanDecision
from pipeline.accounts.selectors.changes import plan_changes
from pipeline.accounts.selectors.lists import may_promise
from pipeline.accounts.selectors.room import items_for
from pipeline.accounts.views.answers import refuse
from pipeline.accounts.views.seats import (
    PAGE,
    after_change,
    item_or_404,
    show_step,
    step_context,
    take_chair,
    take_seat,
)
from pipeline.accounts.words import DECISIONS, look_of
from rhythm.calendar.forms.running import SkipForm
from rhythm.calendar.models import IN_PROGRESS, NEVER_BEGUN, OVER, STARTABLE
from rhythm.commitments.forms import PromiseFields
from rhythm.web.htmx import wants_part
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_GET
def review_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account review: its agenda, itself where the chair is, its minutes."""
    seat = take_seat(request, pk)
    state = seat.review.meeting.state
    if state in NEVER_BEGUN:
        return redirect("meetings:meeting_detail", seat.review.meeting_id)
    if state in OVER:
        return redirect("accounts:review_minutes", pk)
    if state in STARTABLE:
        context = step_context(seat, None)
        return render(request, "accounts/review_planned.html", context)
    return show_step(request, seat, None)


@require_GET
def review_item(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Show one plan of a review that runs. The chair takes the others along."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in IN_PROGRESS:
        item_or_404(seat, item_pk)
        return redirect(seat.review)
    return show_step(request, seat, item_pk, focus=True)


@require_POST
def review_at(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Note that the chair is at this plan now. This window knows it already."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    review = services.go_to(seat.review, item.pk, by=seat.viewer, now=seat.now)
    if not wants_part(request):
        return redirect("accounts:review_item", pk, item_pk)
    seat.review.pulse = review.pulse
    seat.review.current_item_id = review.current_item_id
    context = step_context(seat, item_pk, with_plan=False) | {"is_part": True}
    return render(request, "accounts/room/_pulse_only.html", context)


@require_GET
def review_pulse(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 204 while nothing is new, otherwise with the plan where the chair is."""
    seat = take_seat(request, pk)
    if seat.review.meeting.state not in IN_PROGRESS:
        response = HttpResponse()
        response["HX-Redirect"] = seat.review.get_absolute_url()
        return response
    if whole_number(request.GET.get("pulse")) == seat.review.pulse:
        return HttpResponse(status=204)
    shown = whole_number(request.GET.get("item"))
    wanted = shown if seat.is_chair else seat.review.current_item_id
    seen = set(items_for(seat.review, seat.viewer).values_list("pk", flat=True))
    item = next((each for each in (wanted, shown) if each in seen), None)
    context = step_context(seat, item) | {"is_part": True}
    response = render(request, "accounts/room/_pulse.html", context)
    response["Review-Item"] = str(context["item"].pk if context["item"] else "")
    return response


@require_GET
def review_changes(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Show what became of an account since its last review."""
    seat = take_seat(request, pk)
    item = item_or_404(seat, item_pk)
    changes = plan_changes(
        item.plan, item.compare_since, viewer=seat.viewer, now=seat.now
    )
    context = {"review": seat.review, "item": item, "changes": changes}
    name = "accounts/room/_changes.html"
    if not wants_part(request):
        name = "accounts/review_changes.html"
    return render(request, name, context)


# -- What the chair decides ---------------------------------------------------------
@require_http_methods(["GET", "POST"])
def review_decide(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask for the words of a decision (GET), or take it."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    if request.method == "GET":
        wanted = request.GET.get("decision", "")
        if wanted not in DECISIONS:
            raise Http404
        initial = {"decision": wanted, "version": item.version}
        return _panel(request, pk, item_pk, DecideForm(initial=initial), wanted)
    form = DecideForm(request.POST)

    def act() -> None:
        values = form.cleaned_data
        services.decide(
            item,
            PlanDecision(values["decision"]),
            text=values["text"],
            by=seat.viewer,
            now=seat.now,
            shown_version=_shown(request, values),
        )

    return _attempt(request, pk, item_pk, form, act, form.data.get("decision", ""))


@require_http_methods(["GET", "POST"])
def review_skip(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask why a plan is skipped (GET), or skip it."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    if request.method == "GET":
        form = SkipForm(initial={"version": item.version})
        return _panel(request, pk, item_pk, form, "skip")
    form = SkipForm(request.POST)

    def act() -> None:
        values = form.cleaned_data
        shown = _shown(request, values)
        by, now = seat.viewer, seat.now
        services.skip(item, values["text"], by=by, now=now, shown_version=shown)

    return _attempt(request, pk, item_pk, form, act, "skip")


@require_POST
def review_undo(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a decision or a skip back."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    try:
        services.take_back(item, by=seat.viewer, now=seat.now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return after_change(request, pk, item_pk)


def _shown(request: HttpRequest, values: dict[str, Any]) -> int | None:
    shown: int = values["version"]
    return None if "overwrite" in request.POST else shown


def _attempt(
    request: HttpRequest,
    pk: int,
    item_pk: int,
    form: DecideForm | SkipForm,
    act: Callable[[], None],
    panel: str,
) -> HttpResponse:
    """Do what a valid form says and go on; otherwise show it with what is wrong."""
    if form.is_valid():
        try:
            act()
        except Conflict as conflict:
            current: Any = conflict.current
            look = look_of(current.decision, current.skip_reason)
            more = {"theirs": look, "their_text": current.decision_text}
            return _panel(request, pk, item_pk, form, panel, status=409, **more)
        except ValidationError as error:
            refuse(form, error)
        else:
            return after_change(request, pk, item_pk)
    return _panel(request, pk, item_pk, form, panel, status=422)


def _panel(
    request: HttpRequest,
    pk: int,
    item_pk: int,
    form: DecideForm | SkipForm,
    panel: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Show the form of a decision under the buttons."""
    seat, is_part = take_seat(request, pk), wants_part(request)
    # The bar alone says nothing of the plan.
    context = step_context(seat, item_pk, with_plan=not is_part)
    look = DECISIONS.get(panel)
    context |= {"panel": form, "panel_decision": panel, "panel_look": look} | more
    if not is_part:
        return render(request, PAGE, context, status=status)
    response = render(request, "accounts/room/_decide.html", context, status=status)
    return reswap(retarget(response, "#decide"), "innerHTML")


# -- What is said at a plan ---------------------------------------------------------
@require_POST
def review_move_add(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Make a next move of the plan, in the review."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    promisers = may_promise(item.plan, seat.viewer)
    form = PromiseFields(request.POST, promisers=promisers)
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.promise(
                item,
                values["what"],
                promiser=values["promiser"],
                due_on=values["due_on"],
                by=seat.viewer,
                now=seat.now,
                submission_key=values["submission_key"],
            )
        except ValidationError as error:
            refuse(form, error)
    status = 422 if form.errors else 200
    if not wants_part(request):
        if status == 200:
            return redirect("accounts:review_item", pk, item_pk)
        context = step_context(seat, item_pk, move_form=form)
        return render(request, PAGE, context, status=status)
    more = {"move_form": form} if form.errors else {"refocus": True}
    context = step_context(take_seat(request, pk), item_pk, **more)
    name = "accounts/room/_moves.html"
    response = render(request, name, context | {"is_part": True}, status=status)
    return reswap(retarget(response, "#ap-moves"), "outerHTML")
