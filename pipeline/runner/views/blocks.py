"""The blocks of one meeting: added, edited, in another order, dropped, with a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.options import opportunity_choices
from pipeline.runner import services
from pipeline.runner.forms import BlockForm
from pipeline.runner.models import Block
from pipeline.runner.selectors.cases import proposed_cases
from pipeline.runner.views.shared import Seat, take_block, take_chair
from rhythm.people.access import visible_or_404
from rhythm.web.conflicts import differences, with_version
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_http_methods(["GET", "POST"])
def block_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for one more block (GET), or put it at the end of the agenda."""
    seat = take_chair(request, pk)
    form = BlockForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        services.add_block(
            services.prepare(seat.meeting),
            form.values(),
            by=seat.viewer,
            submission_key=form.cleaned_data["submission_key"],
        )

    return _sheet(request, seat, form, act)


@require_http_methods(["GET", "POST"])
def block_edit(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Ask how a block shall be (GET), or change it."""
    seat, block = take_block(request, pk, block_pk)
    posted = request.POST if request.method == "POST" else None
    shown = BlockForm.shown(block)
    form = BlockForm(posted, initial=shown, is_first=block.is_first)

    def act() -> None:
        version = form.cleaned_data["version"]
        services.edit_block(block, form.values(), by=seat.viewer, shown_version=version)

    return _sheet(request, seat, form, act, block)


def _sheet(
    request: HttpRequest,
    seat: Seat,
    form: BlockForm,
    act: Callable[[], None],
    block: Block | None = None,
) -> HttpResponse:
    status, changes = 422 if form.is_bound else 200, []
    if form.is_valid():
        try:
            with errors_to(form):
                act()
                return go(request, "runner:room", seat.meeting.pk)
        except Conflict as conflict:
            current: Any = conflict.current
            theirs = {name: getattr(current, name) for name in form.values()}
            changes, status = differences(form, theirs), 409
            with_version(form, current.version)
    context: dict[str, Any] = {
        "meeting": seat.meeting,
        "one": block,
        "form": form,
        "is_stale": status == 409,
        "changes": changes,
    }
    return render_part(
        request, "runner/block_form.html", "sheet", context, status=status
    )


@require_POST
def block_move(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Let a block change places with its neighbour: `to` says which."""
    is_up = request.POST.get("to") == "up"
    return _attempt(
        request,
        pk,
        block_pk,
        lambda seat, block: services.move_block(block, up=is_up, by=seat.viewer),
    )


@require_POST
def block_drop(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Take a block off the agenda."""
    return _attempt(
        request,
        pk,
        block_pk,
        lambda seat, block: services.drop_block(block, by=seat.viewer),
    )


def _attempt(
    request: HttpRequest, pk: int, block_pk: int, act: Callable[[Seat, Block], object]
) -> HttpResponse:
    seat = take_chair(request, pk)
    block = Block.objects.filter(run=seat.started_run, pk=block_pk).first()
    if block is not None:
        try:
            act(seat, block)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
    return redirect("runner:room", pk)


@require_http_methods(["GET", "POST"])
def block_case(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Search deals (GET), or make one the case of a block; none takes it away."""
    seat, block = take_block(request, pk, block_pk)
    viewer, meeting = seat.viewer, seat.meeting
    if request.method == "POST":
        wanted = whole_number(request.POST.get("deal"))
        deal = None
        if request.POST.get("deal"):
            deal = visible_or_404(Opportunity.objects, viewer, pk=wanted or 0)
        try:
            services.choose_case(block, deal, by=viewer)
        except ValidationError as error:
            toast(request, " ".join(error.messages), level="error")
        else:
            words = (
                _("%(deal)s is the case.") % {"deal": deal} if deal else _("No case.")
            )
            toast(request, words)
        return go(request, "runner:room", pk)
    text = request.GET.get("q", "")
    name = "found" if "q" in request.GET else "sheet"
    context: dict[str, Any] = {"meeting": meeting, "one": block, "q": text}
    if text:
        context["found"] = opportunity_choices(viewer, text)
    elif name == "sheet" and wants_part(request):
        # The sheet opens at once, and asks for them then.
        context["is_to_come"] = True
    else:
        context["proposed"] = proposed_cases(meeting, viewer, now=seat.now)
    return render_part(request, "runner/block_case.html", name, context)
