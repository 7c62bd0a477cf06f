"""Account plans: the list, a new one, one of them, its head."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pipeline.accounts import services
from pipeline.accounts.forms.plans import PlanForm
from pipeline.accounts.models import AccountPlan
from pipeline.accounts.selectors import lists
from pipeline.accounts.views.answers import (
    PAGE,
    changed,
    plan_context,
    refuse,
    show,
)
from pipeline.opportunities.models import Account
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.web.conflicts import differences, with_version
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """Show account plans, the most overdue first: own ones, the team's, or all."""
    viewer = acting_user(request)
    which = lists.which_of(viewer, request.GET.get("show", ""))
    page = lists.plan_list(viewer, which, request.GET.get("after", ""), timezone.now())
    context = {"page": page, "which": which, "leads": viewer.is_manager}
    return render(request, "accounts/plan_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_create(request: HttpRequest, account_pk: int) -> HttpResponse:
    """Lead to the plan of an account, or make one.

    Who sees no plan there and may make none is told so, whether there is one or not.
    """
    by = acting_user(request)
    account = visible_or_404(Account.objects.now_of(account_pk), by)
    there = AccountPlan.objects.visible_to(by).filter(account=account)
    plan = there.order_by("pk").first()
    if plan is not None:
        return go(request, plan)
    may = lists.may_plan(by).filter(pk=account.pk).exists()
    if request.method == "POST" and not may:
        raise PermissionDenied
    if not may:
        return render(request, "accounts/plan_none.html", {"account": account})
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, account=account, viewer=by, initial={"owner": by.pk})
    if form.is_valid():
        try:
            key = form.cleaned_data["submission_key"]
            plan = services.create_plan(
                account, form.values(), by=by, submission_key=key
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("The plan is there. Draw the people first."))
            return go(request, plan)
    context = {"account": account, "form": form}
    status = 422 if posted is not None else 200
    return render_part(
        request, "accounts/plan_create.html", "start", context, status=status
    )


@require_safe
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one plan."""
    return render_part(request, PAGE, "plan", plan_context(acting_user(request), pk))


@require_http_methods(["GET", "HEAD", "POST"])
def plan_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change whose plan it is, its goal, its next review."""
    by = acting_user(request)
    plans = AccountPlan.objects.select_related("account")
    plan = editable_or_403(plans, by, pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, instance=plan, account=plan.account, viewer=by)
    title = _("The plan for %(account)s") % {"account": plan.account}
    if form.is_valid():
        shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
        try:
            services.edit_plan(plan, form.values(), by=by, shown_version=shown)
        except Conflict as conflict:
            theirs = {each: getattr(conflict.current, each) for each in form.values()}
            changes = differences(form, theirs)
            with_version(form, conflict.current.version)
            return show(request, plan, form, title=title, status=409, changes=changes)
        except ValidationError as error:
            refuse(form, error)
        else:
            toast(request, _("Saved"))
            return changed(request, plan)
    return show(request, plan, form, title=title)
