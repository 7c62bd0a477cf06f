"""What the changes of a plan answer, wherever on the site they were made."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget

from pipeline.accounts.models import AccountPlan
from pipeline.accounts.selectors.parts import with_parts
from pipeline.accounts.selectors.plan import PlanView, plan_view
from pipeline.opportunities.views.answers import left_form, page_behind, sheet
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.htmx import wants_part
from rhythm.web.http import close_sheet, safe_next

PAGE = "accounts/plan_detail.html"
SHEET = "accounts/part_form.html"
# A next move is due in a week, unless somebody says otherwise.
UNTIL_DUE = timedelta(days=7)


def plan_context(viewer: User, pk: int, **more: Any) -> dict[str, Any]:
    """Return what the page of a plan needs, read anew; hidden answers 404."""
    now = timezone.now()
    plan: Any = visible_or_404(with_parts(viewer), viewer, pk=pk)
    view = plan_view(plan, viewer, now)
    context = {
        "plan": view,
        "promisers": promisers(view, viewer),
        "move_key": uuid4(),
        "default_due": viewer.today(now) + UNTIL_DUE,
    }
    return context | more


def promisers(view: PlanView, viewer: User) -> list[tuple[int, str]]:
    """Return who may promise a next move: the plan's owner, the viewer, who sells."""
    owner = {view.owner_id: view.owner} if view.is_owner_active else {}
    found = owner | {viewer.pk: viewer.name} | dict(view.sellers)
    return list(found.items())


def changed(request: HttpRequest, plan: AccountPlan, *forms: str) -> HttpResponse:
    """Show the page that the person is on again, after a change of the plan.

    A form that was a page of its own is done; for forms see `left_form`.
    """
    here = plan.get_absolute_url()
    if not wants_part(request):
        return redirect(safe_next(request, here))
    if done := left_form(request, here, *forms):
        return done
    behind = page_behind(request)
    if urlsplit(behind).path != here:
        return HttpResponseClientRedirect(behind or here)
    viewer = acting_user(request)
    if not AccountPlan.objects.visible_to(viewer).filter(pk=plan.pk).exists():
        # It went to somebody whose work the viewer does not see.
        return HttpResponseClientRedirect(reverse("accounts:plan_list"))
    response = render(request, f"{PAGE}#plan", plan_context(viewer, plan.pk))
    return close_sheet(reswap(retarget(response, "#plan-page"), "outerHTML"))


def show(
    request: HttpRequest,
    plan: AccountPlan,
    form: BaseForm,
    *,
    title: str,
    status: int | None = None,
    **more: Any,
) -> HttpResponse:
    """Show the form of a part in the sheet. What was refused answers 422."""
    if status is None:
        status = 422 if request.method == "POST" else 200
    context = {
        "plan": plan,
        "form": form,
        "title": title,
        "action": request.path,
        "next": safe_next(request, plan.get_absolute_url()),
        "is_conflict": status == 409,
    }
    return sheet(request, SHEET, context | more, status=status)


def refuse(form: BaseForm, error: ValidationError) -> None:
    """Add the error to the fields that it names, or to the whole form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
