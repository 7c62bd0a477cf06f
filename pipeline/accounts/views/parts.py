"""The parts of a plan: people, outcomes, areas, risks, the open field, next moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from pipeline.accounts import services
from pipeline.accounts.forms.plans import (
    AreaForm,
    CellForm,
    OutcomeForm,
    PartForm,
    PersonForm,
    RiskForm,
)
from pipeline.accounts.models import (
    AccountPlan,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.accounts.selectors.field import WHOLE
from pipeline.accounts.selectors.lists import may_promise
from pipeline.accounts.views.answers import (
    PAGE,
    changed,
    plan_context,
    refuse,
    show,
)
from pipeline.opportunities.models import Opportunity, Product
from rhythm.commitments.forms import PromiseFields
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import User
from rhythm.web.conflicts import differences, with_version
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@dataclass(frozen=True)
class Kind:
    """A kind of part: its model, its form, what it is called when it is new."""

    model: type[PlanPerson | PlanOutcome | PlanArea | PlanRisk]
    form: type[PartForm]
    new: str | Promise
    edit: str | Promise


KINDS = {
    "people": Kind(
        PlanPerson,
        PersonForm,
        gettext_lazy("Somebody on the map"),
        gettext_lazy("On the map"),
    ),
    "outcomes": Kind(
        PlanOutcome,
        OutcomeForm,
        gettext_lazy("An outcome for the customer"),
        gettext_lazy("Outcome"),
    ),
    "areas": Kind(
        PlanArea, AreaForm, gettext_lazy("An area of theirs"), gettext_lazy("Area")
    ),
    "risks": Kind(PlanRisk, RiskForm, gettext_lazy("A risk"), gettext_lazy("Risk")),
}


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Http404
    return KINDS[name]


def _plan(request: HttpRequest, pk: int) -> AccountPlan:
    plans = AccountPlan.objects.select_related("account", "owner")
    return editable_or_403(plans, acting_user(request), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def part_add(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Add somebody to the map, an outcome, an area or a risk."""
    found, by, plan = _kind(kind), acting_user(request), _plan(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = found.form(posted, plan=plan, **_asked_by(by))
    if form.is_valid():
        try:
            _add(found, plan, form, by)
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("Added"))
            return changed(request, plan)
    return show(request, plan, form, title=str(found.new))


def _add(kind: Kind, plan: AccountPlan, form: PartForm, by: User) -> None:
    key = form.cleaned_data["submission_key"]
    if kind.model is PlanPerson:
        services.add_person(
            plan,
            form.values(),
            new_name=form.cleaned_data["new_name"],
            new_title=form.cleaned_data["new_title"],
            by=by,
            submission_key=key,
        )
        return
    services.add_part(kind.model(plan=plan), form.values(), by=by, submission_key=key)


def _asked_by(viewer: User) -> dict[str, Any]:
    return {"viewer": viewer, "today": viewer.today(timezone.now())}


def _part(request: HttpRequest, kind: Kind, pk: int) -> Any:
    parts: Any = kind.model._default_manager.select_related("plan__account")
    return editable_or_403(parts, acting_user(request), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def part_edit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Change one part of a plan."""
    found, by = _kind(kind), acting_user(request)
    part = _part(request, found, pk)
    plan: AccountPlan = part.plan
    posted = request.POST if request.method == "POST" else None
    form = found.form(posted, instance=part, plan=plan, **_asked_by(by))
    more = {"title": str(found.edit), "kind": kind, "part": part}
    if form.is_valid():
        shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
        try:
            services.edit_part(part, form.values(), by=by, shown_version=shown)
        except Conflict as conflict:
            theirs = {each: getattr(conflict.current, each) for each in form.values()}
            changes = differences(form, theirs)
            with_version(form, conflict.current.version)
            return show(request, plan, form, status=409, changes=changes, **more)
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("Saved"))
            return changed(request, plan)
    return show(request, plan, form, **more)


@require_POST
def part_remove(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Take a part away, as it was shown."""
    found, by = _kind(kind), acting_user(request)
    part = _part(request, found, pk)
    form = found.form(instance=part, plan=part.plan, **_asked_by(by))
    shown = form.fields["version"].clean(request.POST.get("version"))
    try:
        services.remove_part(part, by=by, shown_version=shown)
    except Conflict:
        toast(request, _("It changed meanwhile. Look again."), level="warning")
        more = {"title": str(found.edit), "kind": kind, "part": part}
        fresh = _part(request, found, pk)
        form = found.form(instance=fresh, plan=part.plan, **_asked_by(by))
        return show(request, part.plan, form, status=409, **more)
    toast(request, _("Removed"))
    edit = reverse("accounts:part_edit", args=[kind, pk])
    return changed(request, part.plan, edit)


@require_http_methods(["GET", "HEAD", "POST"])
def field_cell(
    request: HttpRequest, pk: int, area_pk: int, product_pk: int
) -> HttpResponse:
    """Say how a product stands in an area; 0 is the whole account."""
    by, plan = acting_user(request), _plan(request, pk)
    product = visible_or_404(Product.objects, by, pk=product_pk)
    area = None
    if area_pk != WHOLE:
        area = visible_or_404(PlanArea.objects.filter(plan=plan), by, pk=area_pk)
    deals = Opportunity.objects.visible_to(by).filter(account=plan.account_id)
    cells = FieldCell.objects.filter(plan=plan, area=area, product=product)
    posted = request.POST if request.method == "POST" else None
    form = CellForm(posted, cell=_as_seen(cells.first(), deals), deals=deals)
    where = area or _("the whole account")
    title = _("%(product)s in %(area)s") % {"product": product, "area": where}
    if form.is_valid() and not form.says_something_new():
        # Of a deal that is hidden here, saving nothing would wipe what is said.
        toast(request, _("Saved"))
        return changed(request, plan)
    if form.is_valid():
        shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
        try:
            services.say_of_field(
                plan, area, product, form.values(), by=by, shown_version=shown
            )
        except Conflict as conflict:
            # Where nobody has said anything there is none: it went with the refusal.
            kept = FieldCell.objects.filter(pk=conflict.current.pk).first()
            now: Any = _as_seen(kept, deals) or conflict.current
            changes = differences(form, form.shown(now))
            with_version(form, now.version)
            return show(request, plan, form, title=title, status=409, changes=changes)
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("Saved"))
            return changed(request, plan)
    return show(request, plan, form, title=title)


def _as_seen(cell: FieldCell | None, deals: Any) -> FieldCell | None:
    """Return the cell without what it says of a deal that is none of `deals`."""
    hidden = cell and cell.opportunity_id
    if cell and hidden and not deals.filter(pk=hidden).exists():
        cell.state, cell.opportunity, cell.note = "", None, ""
    return cell


@require_POST
def move_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a next move: a commitment about the account."""
    by, plan, now = acting_user(request), _plan(request, pk), timezone.now()
    form = PromiseFields(request.POST, promisers=may_promise(plan, by))
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.add_move(
                plan,
                values["what"],
                promiser=values["promiser"],
                due_on=values["due_on"],
                by=by,
                now=now,
                submission_key=values["submission_key"],
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("Commitment made"))
            return changed(request, plan)
    context = plan_context(by, pk, move_form=form)
    if not wants_part(request):
        return render(request, PAGE, context, status=422)
    response = render(request, f"{PAGE}#moves", context, status=422)
    return reswap(retarget(response, "#ap-moves"), "outerHTML")
