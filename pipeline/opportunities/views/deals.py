"""A new deal, and the edit of one, with both sides to choose from on a conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pipeline.opportunities import services
from pipeline.opportunities.forms.deals import EDITED, EditDealForm, NewDealForm
from pipeline.opportunities.models import Account, Opportunity
from pipeline.opportunities.selectors.options import account_choices
from pipeline.opportunities.selectors.sources import origins
from pipeline.opportunities.views.answers import changed, sheet
from pipeline.opportunities.views.fetching import editable_deal
from rhythm.people.access import acting_user
from rhythm.people.models import User
from rhythm.web.conflicts import with_version
from rhythm.web.formats import NOTHING, day, money
from rhythm.web.forms import errors_to
from rhythm.web.http import go, safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

NEW = "opportunities/opportunity_create.html"
EDIT = "opportunities/opportunity_edit.html"


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_create(request: HttpRequest) -> HttpResponse:
    """Start a new deal, of an account that is found or made on the way."""
    by = acting_user(request)
    if not (by.is_rep or by.is_manager or by.is_admin):
        raise PermissionDenied
    if request.method != "POST":
        form = NewDealForm(by, recent=account_choices(by, ""), initial=_given(request))
        return sheet(request, NEW, {"form": form})
    form = NewDealForm(by, request.POST)
    if form.is_valid():
        with errors_to(form):
            deal = services.create(
                form.values(),
                owner=form.cleaned_data.get("owner") or by,
                process=form.cleaned_data.get("process"),
                account_name=form.account_pick.new_name,
                now=timezone.now(),
                submission_key=form.key,
            )
    if form.errors:
        return sheet(request, NEW, {"form": form}, status=422)
    return _made(request, deal)


def _given(request: HttpRequest) -> dict[str, Any]:
    """Return the account that the address names, for a new deal of its page."""
    key = whole_number(request.GET.get("account"))
    if key is None:
        return {}
    accounts = Account.objects.visible_to(acting_user(request))
    return {"account": accounts.filter(pk=key).first()}


def _made(request: HttpRequest, deal: Opportunity) -> HttpResponse:
    toast(request, _("%(deal)s is on the board") % {"deal": deal})
    return go(request, deal)


@require_http_methods(["GET", "HEAD", "POST"])
def opportunity_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit what a deal says of itself; a conflict shows both sides, field by field."""
    by = acting_user(request)
    opportunity = editable_deal(request, pk)
    origin = origins(by, timezone.now()).of(opportunity)
    if request.method != "POST":
        form = EditDealForm(by, opportunity, origin=origin)
        return _show(request, form, opportunity)
    form = EditDealForm(by, opportunity, request.POST, origin=origin)
    if not form.is_valid():
        return _show(request, form, opportunity, status=422)
    try:
        with errors_to(form):
            edited = services.edit(
                opportunity,
                form.changes(),
                by=by,
                shown_version=form.cleaned_data["version"],
                account_name=form.new_account,
            )
    except Conflict as conflict:
        current = conflict.current
        assert isinstance(current, Opportunity)
        return _show(request, form, current, status=409, by=by)
    if form.errors:
        return _show(request, form, opportunity, status=422)
    toast(request, _("Saved"))
    return changed(request, edited)


@dataclass(frozen=True)
class Difference:
    """A field that is not what the person wants it to be."""

    name: str
    label: str
    theirs: str
    mine: str


def _differences(
    form: EditDealForm, current: Opportunity, by: User
) -> list[Difference]:
    """Return what the person changed and is something else by now."""
    found = []
    values = form.changes()
    for name in ("account", *EDITED):
        if name not in values:
            continue
        theirs, mine = _plain(getattr(current, name)), _plain(values[name])
        if theirs != mine:
            label = _("Account") if name == "account" else str(form.fields[name].label)
            texts = (_text(each, by) for each in (theirs, mine))
            found.append(Difference(name, label, *texts))
    if form.new_account:
        theirs = current.account.name if current.account else NOTHING
        found.append(Difference("account", _("Account"), theirs, form.new_account))
    return found


def _plain(value: Any) -> Any:
    """Return a value that compares, also for products: their names."""
    if hasattr(value, "all"):
        return sorted(each.name for each in value.all())
    return value


def _text(value: Any, by: User) -> str:
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(value)
    if hasattr(value, "quantize"):
        return money(value, by.organisation.currency)
    if hasattr(value, "isoformat"):
        return day(value, by.today(timezone.now()))
    return str(value)


def _show(
    request: HttpRequest,
    form: EditDealForm,
    opportunity: Opportunity,
    *,
    status: int = 200,
    by: User | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "opportunity": opportunity,
        "origin": form.origin,
        "next": safe_next(request, opportunity.get_absolute_url()),
        "is_conflict": by is not None,
    }
    if by is not None:
        context["differences"] = _differences(form, opportunity, by)
        # What was typed stays; the next try knows what is there now.
        with_version(form, opportunity.version)
    return sheet(request, EDIT, context, status=status)
