"""Moving a deal: by drag, by menu, through a gate that asks for something, undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities import services
from pipeline.opportunities.forms.gates import GateForm
from pipeline.opportunities.forms.milestones import contacts_of
from pipeline.opportunities.forms.stages import MoveForm
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.missing import requirements_until
from pipeline.opportunities.views.answers import changed, sheet
from pipeline.opportunities.views.fetching import editable_deal, shown_deals
from pipeline.process import gates
from pipeline.process.models import Stage
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import User
from rhythm.web.http import safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

TEMPLATE = "opportunities/opportunity_move.html"
UNDO_SALT = "opportunities.undo_move"
# The toast shows for ten seconds; a slow phone may take longer to send.
UNDO_SECONDS = 60


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer the stages; move to the one that was chosen, or ask for what is missing."""
    by = acting_user(request)
    opportunity = editable_deal(request, pk)
    to = _stage(request, opportunity)
    if request.method != "POST" or to is None:
        status = 422 if request.method == "POST" else 200
        return _offer(request, opportunity, status=status)
    if "answers" in request.POST:
        return _pass(request, opportunity, to, by)
    return _move(request, opportunity, to, by)


def _stage(request: HttpRequest, opportunity: Opportunity) -> Stage | None:
    """Return the open stage of the deal's process that the form names, if it is one."""
    wanted = next(filter(None, request.POST.getlist("to")), None)
    stages = Stage.objects.open().filter(process=opportunity.process_id)
    return stages.filter(pk=whole_number(wanted) or 0).first()


def _version(request: HttpRequest) -> int:
    """Return the version that was shown; 0, which never is one, if none came."""
    shown = request.POST.get("version") or request.GET.get("version")
    return whole_number(shown) or 0


def _move(
    request: HttpRequest, opportunity: Opportunity, to: Stage, by: User
) -> HttpResponse:
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _ask(request, opportunity, to, form)
    before = services.Standing.of(opportunity)
    try:
        moved = services.move(
            opportunity,
            to=to,
            by=by,
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
            shown_version=_version(request),
        )
    except Conflict as conflict:
        return _conflict(request, opportunity, str(conflict))
    except services.GateClosed as refusal:
        if form.cleaned_data["reason"]:
            form.add_error("reason", _("Only who leads the owner may override a gate."))
        elif "override" in request.POST:
            form.add_error("reason", _("Say why it may pass."))
        return _ask(request, opportunity, to, form, missing=refusal.missing)
    except ValidationError as error:
        form.add_error("reason" if _is_about_reason(error) else None, error)
        return _ask(request, opportunity, to, form)
    return _moved(request, moved, before)


def _is_about_reason(error: ValidationError) -> bool:
    return any(getattr(each, "code", "") == "reason" for each in error.error_list)


def _pass(
    request: HttpRequest, opportunity: Opportunity, to: Stage, by: User
) -> HttpResponse:
    """Record what was missing and move, in one go."""
    now = timezone.now()
    missing = gates.missing(requirements_until(opportunity, to, now=now))
    gate = _gate(opportunity, missing, by, now, data=request.POST)
    if not gate.is_valid():
        return _ask(request, opportunity, to, MoveForm(), gate=gate)
    before = services.Standing.of(opportunity)
    try:
        moved = services.pass_gate(
            opportunity,
            to=to,
            answers=[each.answer() for each in gate.milestones],
            outcome=gate.outcome.answer() if gate.outcome else None,
            by=by,
            now=now,
            shown_version=_version(request),
        )
    except Conflict as conflict:
        return _conflict(request, opportunity, str(conflict))
    except services.AnswerRefused as refusal:
        gate.add_refusal(refusal)
        return _ask(request, opportunity, to, MoveForm(), gate=gate)
    except services.GateClosed as refusal:
        return _ask(request, opportunity, to, MoveForm(), missing=refusal.missing)
    except ValidationError as error:
        form = MoveForm(request.POST)
        form.add_error(None, error)
        return _ask(request, opportunity, to, form, gate=gate)
    return _moved(request, moved, before)


def _gate(
    opportunity: Opportunity,
    missing: list[gates.Requirement],
    by: User,
    now: datetime,
    *,
    data: Any = None,
) -> GateForm:
    contacts = contacts_of(opportunity, by)
    return GateForm(
        opportunity, missing, contacts=contacts, today=by.today(now), data=data
    )


def _moved(
    request: HttpRequest, opportunity: Opportunity, before: services.Standing
) -> HttpResponse:
    if opportunity.stage_id != before.stage_id:
        name = opportunity.headline
        text = _("%(deal)s moved to %(stage)s") % {
            "deal": name,
            "stage": opportunity.stage.name,
        }
        toast(request, text, undo=_undo_url(opportunity, before))
    return changed(request, opportunity)


def _undo_url(opportunity: Opportunity, before: services.Standing) -> str:
    values = {
        "version": opportunity.version,
        "stage": before.stage_id,
        "since": before.stage_since.isoformat(),
        "gated": before.is_gated,
        "override": before.is_override,
        "reason": before.move_reason,
    }
    token = signing.dumps([opportunity.pk, values], salt=UNDO_SALT, compress=True)
    return reverse("opportunities:opportunity_undo_move", args=[opportunity.pk, token])


@require_POST
def opportunity_undo_move(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Put a deal back where it stood before its last move, if nothing else changed."""
    by = acting_user(request)
    opportunity = editable_or_403(Opportunity.objects, by, pk=pk)
    try:
        of, values = signing.loads(token, salt=UNDO_SALT, max_age=UNDO_SECONDS)
        if of != pk:
            raise signing.BadSignature
        before = services.Standing(
            stage_id=values["stage"],
            stage_since=datetime.fromisoformat(values["since"]),
            is_gated=values["gated"],
            is_override=values["override"],
            move_reason=values["reason"],
        )
        services.undo_move(opportunity, before, by=by, shown_version=values["version"])
    except (signing.BadSignature, ValidationError, Conflict):
        late = _("Too late to undo: move it back with a reason.")
        toast(request, late, level="warning")
    else:
        toast(request, _("Back where it was"))
    return redirect(safe_next(request, opportunity.get_absolute_url()))


# -- The sheet --------------------------------------------------------------------
def _offer(
    request: HttpRequest, opportunity: Opportunity, *, status: int, what: str = ""
) -> HttpResponse:
    """Show the stages to choose from; with 409, after somebody changed the deal."""
    stages = Stage.objects.open().filter(process=opportunity.process_id)
    here = opportunity.stage
    context = {
        "opportunity": opportunity,
        "is_conflict": status == 409,
        "what": what,
        "stages": [
            (each, each.position < here.position)
            for each in stages.order_by("position")
            if each.pk != here.pk and opportunity.is_open
        ],
        "next": safe_next(request, opportunity.get_absolute_url()),
    }
    return sheet(request, TEMPLATE, context, status=status)


def _ask(
    request: HttpRequest,
    opportunity: Opportunity,
    to: Stage,
    form: MoveForm,
    *,
    missing: list[gates.Requirement] | None = None,
    gate: GateForm | None = None,
) -> HttpResponse:
    """Ask for what is missing: the milestones of the gate, or the reason."""
    by = acting_user(request)
    if missing:
        typed = request.POST if "override" in request.POST else None
        gate = _gate(opportunity, missing, by, timezone.now(), data=typed)
    context = {
        "opportunity": opportunity,
        "to": to,
        "form": form,
        "gate": gate,
        "is_back": to.position < opportunity.stage.position,
        "may_override": gate is not None and services.may_override(opportunity, by),
        "version": _version(request) or opportunity.version,
        "next": safe_next(request, opportunity.get_absolute_url()),
    }
    return sheet(request, TEMPLATE, context, status=422)


def _conflict(
    request: HttpRequest, opportunity: Opportunity, what: str
) -> HttpResponse:
    """Offer the move on what is there now, after somebody changed the deal."""
    fresh = visible_or_404(shown_deals(), acting_user(request), pk=opportunity.pk)
    return _offer(request, fresh, status=409, what=what)
