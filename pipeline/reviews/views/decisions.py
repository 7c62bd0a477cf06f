"""Deciding about a deal, skipping it, taking either back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from pipeline.opportunities.services import GateClosed
from pipeline.reviews import services
from pipeline.reviews.forms import DecisionForm
from pipeline.reviews.models import Decision, ReviewItem
from pipeline.reviews.selectors.deal import DealView
from pipeline.reviews.services.decisions import CHANGE_DEAL, NEED_PROMISE, NEED_WORDS
from pipeline.reviews.views.shared import (
    PAGE,
    Seat,
    after_change,
    item_or_404,
    part,
    step_context,
    take_chair,
    take_seat,
)
from pipeline.reviews.words import LOOKS
from rhythm.calendar.forms.running import SkipForm
from rhythm.web.forms import errors_to
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

SKIP = "skip"


@require_http_methods(["GET", "POST"])
def review_decide(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask for what a decision needs (GET), or decide and go on to the next deal."""
    seat = take_chair(request, pk)
    values = request.POST if request.method == "POST" else request.GET
    decision = values.get("decision", "")
    if decision not in Decision:
        raise Http404
    context = step_context(seat, item_pk)
    deal: DealView = context["deal"]
    form = _form(request, deal, Decision(decision))
    if request.method == "GET":
        return _panel(request, context, form, decision)
    item = item_or_404(seat, item_pk)
    if form.is_valid():
        try:
            with errors_to(form):
                decided = _decide(
                    seat, item, form, overwrite="overwrite" in request.POST
                )
                return _went_on(request, seat, decided, deal.title)
        except Conflict as conflict:
            return _decided_otherwise(request, seat, conflict, form)
    context = step_context(take_seat(request, pk), item_pk)
    return _panel(request, context, form, decision, status=422)


def _form(request: HttpRequest, deal: DealView, decision: Decision) -> DecisionForm:
    is_for_owner = decision in CHANGE_DEAL and not deal.is_editable
    wants_promise = decision in NEED_PROMISE or is_for_owner
    initial = {
        "decision": decision,
        "version": deal.version,
        "promiser": deal.owner_id,
        "due_on": deal.default_due,
        "what": _suggested(decision, deal),
        "text": deal.decision_text if deal.decision == decision else "",
    }
    form = DecisionForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        promisers=deal.promisers,
        wants_promise=wants_promise,
        auto_id="d-%s",
    )
    form.fields["text"].label = TEXT_LABELS.get(decision, _("In words"))
    form.fields["text"].required = decision in NEED_WORDS
    is_closed = decision == Decision.ADVANCE and bool(deal.missing)
    form.fields["override"].required = is_closed and deal.may_override
    return form


TEXT_LABELS: dict[str, Any] = {
    Decision.COACH: gettext_lazy("What to coach"),
    Decision.REQUALIFY: gettext_lazy("What has to be found out"),
    Decision.WALK_AWAY: gettext_lazy(
        "Why is it not worth the customer's time or ours?"
    ),
    Decision.PARK: gettext_lazy("What should the forecast call know?"),
}


def _suggested(decision: Decision, deal: DealView) -> str:
    if decision == Decision.REQUALIFY:
        return _("Re-qualify: problem, buyer, decision process, dates")
    if decision == Decision.ADVANCE and deal.next_stage:
        return _("Move to %(stage)s") % {"stage": deal.next_stage}
    if decision == Decision.WALK_AWAY:
        return _("Tell the customer, and close it as walked away")
    return ""


def _decide(
    seat: Seat, item: ReviewItem, form: DecisionForm, *, overwrite: bool
) -> ReviewItem:
    values = form.cleaned_data
    try:
        return services.decide(
            item,
            Decision(values["decision"]),
            text=values["text"],
            promise=form.chosen_commitment(),
            override=values["override"],
            by=seat.viewer,
            now=seat.now,
            shown_version=None if overwrite else values["version"],
        )
    except GateClosed as closed:
        form.gate = closed.missing  # type: ignore[attr-defined]
        titles = ", ".join(each.title for each in closed.missing)
        raise ValidationError(
            _("The gate is closed. Missing: %(titles)s."), params={"titles": titles}
        ) from closed


def _panel(
    request: HttpRequest,
    context: dict[str, Any],
    form: DecisionForm,
    decision: str,
    *,
    status: int = 200,
) -> HttpResponse:
    context |= {
        "panel": form,
        "panel_decision": decision,
        "panel_look": LOOKS[decision],
    }
    return _decision_bar(request, context, status=status)


def _decision_bar(
    request: HttpRequest, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with the decision bar alone, or with the page around it."""
    if not wants_part(request):
        return part(request, PAGE, context, status=status)
    response = part(request, "reviews/_decide.html", context, status=status)
    if request.method == "GET":  # the link names its own target
        return response
    return reswap(retarget(response, "#decide"), "innerHTML")


def _decided_otherwise(
    request: HttpRequest, seat: Seat, conflict: Conflict, form: DecisionForm
) -> HttpResponse:
    """Answer 409: show what was decided meanwhile beside the own decision."""
    current: ReviewItem = conflict.current  # type: ignore[assignment]
    fresh = take_seat(request, seat.review.pk)
    context = step_context(fresh, current.pk)
    mine = LOOKS[form.cleaned_data["decision"]]
    context |= {
        "conflict_by": current.decided_by,
        "conflict_look": context["deal"].look,
        "mine": form,
        "mine_look": mine,
    }
    return _decision_bar(request, context, status=409)


def _went_on(
    request: HttpRequest, seat: Seat, item: ReviewItem, title: str
) -> HttpResponse:
    look = LOOKS[item.decision]
    text = _("%(deal)s: %(done)s") % {"deal": title, "done": look.done}
    if item.moved_to:
        text = _("%(deal)s: %(from)s → %(to)s") % {
            "deal": title,
            "from": item.moved_from,
            "to": item.moved_to,
        }
    undo = reverse("reviews:review_undo", args=[seat.review.pk, item.pk])
    toast(request, text, undo=undo)
    return _next(request, seat, item)


def _next(request: HttpRequest, seat: Seat, item: ReviewItem) -> HttpResponse:
    following = item.review.current_item_id or item.pk
    return after_change(request, seat.review.pk, following, touched=[item.pk])


@require_http_methods(["GET", "POST"])
def review_skip(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Ask why a deal is skipped (GET), or skip it and go on to the next one."""
    seat = take_chair(request, pk)
    if request.method == "GET":
        context = step_context(seat, item_pk)
        return _skip_panel(request, context, _skip_form(None, context["deal"]))
    item = item_or_404(seat, item_pk)
    form = _skip_form(request.POST, item)
    if form.is_valid():
        try:
            with errors_to(form):
                skipped = services.skip(
                    item,
                    form.cleaned_data["text"],
                    by=seat.viewer,
                    now=seat.now,
                    shown_version=form.cleaned_data["version"],
                )
                undo = reverse("reviews:review_undo", args=[pk, item_pk])
                toast(request, _("Skipped. It comes first next time."), undo=undo)
                return _next(request, seat, skipped)
        except Conflict:
            form.add_error(
                None, _("It was decided meanwhile. Look again, then choose.")
            )
    context = step_context(take_seat(request, pk), item_pk)
    return _skip_panel(request, context, form, status=422)


def _skip_form(posted: QueryDict | None, shown: DealView | ReviewItem) -> SkipForm:
    initial = {"version": shown.version, "text": shown.skip_reason}
    return SkipForm(posted, initial=initial, auto_id="d-%s")


def _skip_panel(
    request: HttpRequest, context: dict[str, Any], form: SkipForm, *, status: int = 200
) -> HttpResponse:
    context |= {"panel": form, "panel_decision": SKIP}
    return _decision_bar(request, context, status=status)


@require_POST
def review_undo(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a decision or a skip back, and show the deal again."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    try:
        is_whole = services.take_back(item, by=seat.viewer, now=seat.now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
        return redirect(seat.review)
    if not is_whole:
        text = _("The decision is gone. The deal has moved on meanwhile and stays.")
        toast(request, text, level="warning")
    return after_change(request, pk, item_pk, touched=[item_pk])


@require_POST
def review_talk(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Take a deal from the exceptions onto the agenda."""
    seat = take_chair(request, pk)
    item = services.talk_about(item_or_404(seat, item_pk), by=seat.viewer)
    response = after_change(request, pk, item.pk)
    if wants_part(request):
        response["HX-Refresh"] = "true"
    return response
