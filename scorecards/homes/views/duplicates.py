"""Accounts and contacts that may be the same: found, compared, merged, kept apart."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import Account, Contact
from pipeline.opportunities.models.duplicates import DirectoryKind
from pipeline.opportunities.selectors.duplicates import MODELS, about, pairs_of
from pipeline.opportunities.services.merging import MERGED_FIELDS
from rhythm.people.access import acting_user, editable_or_403
from rhythm.people.models import User
from rhythm.web.http import safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict
from scorecards.homes.merging import merge_records
from scorecards.homes.selectors.duplicates import comparison, others_of

SIDES = ("one", "other")


@require_safe
def duplicate_list(request: HttpRequest, kind: str) -> HttpResponse:
    """Show accounts or contacts that look alike, two by two."""
    viewer = _editor(request, kind)
    key, _dash, other = request.GET.get("after", "").partition("-")
    after = (whole_number(key) or 0, whole_number(other) or 0)
    page = pairs_of(kind, viewer=viewer, after=after)
    context = {"kind": kind, "page": page, "after": request.GET.get("after", "")}
    return render(request, "homes/duplicate_list.html", context)


@require_safe
def duplicate_find(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Look for what an account or contact is to be merged with."""
    viewer = acting_user(request)
    record = _record(kind, viewer, pk)
    text = request.GET.get("q", "").replace("\0", "")[:200]
    found = others_of(record, text, viewer=viewer)
    context = {
        "kind": kind,
        "record": record,
        "text": text,
        "found": [(each, about(each)) for each in found],
        "back": back_to(record),
    }
    return render(request, "homes/duplicate_find.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_merge(request: HttpRequest, kind: str, one: int, other: int) -> HttpResponse:
    """Show two side by side, and merge them as chosen, field by field."""
    by = acting_user(request)
    if one == other:
        raise Http404
    if survivor := _merged(kind, by, (one, other)):
        # Sent twice, or somebody else was faster.
        return redirect(back_to(survivor))
    records = {"one": _record(kind, by, one), "other": _record(kind, by, other)}
    if request.method != "POST":
        return _compare(request, kind, records, by)
    stays = request.POST.get("stays", "")
    if stays not in SIDES:
        error = _("Choose which one stays.")
        return _compare(request, kind, records, by, error=error)
    gone = next(side for side in SIDES if side != stays)
    shown = {
        records[side].pk: whole_number(request.POST.get(f"version_{side}")) or 0
        for side in SIDES
    }
    try:
        into: Account | Contact = merge_records(
            records[stays],
            records[gone],
            _chosen(request, records, stays),
            by=by,
            shown=shown,
        )
    except Conflict:
        fresh = {side: _record(kind, by, each.pk) for side, each in records.items()}
        return _compare(request, kind, fresh, by, status=409)
    except ValidationError as error:
        text = " ".join(error.messages)
        return _compare(request, kind, records, by, error=text)
    names = {"gone": records[gone].name, "into": into.name}
    toast(request, _("%(gone)s is %(into)s now") % names)
    return redirect(back_to(into))


def _chosen(
    request: HttpRequest, records: dict[str, Any], stays: str
) -> dict[str, Any]:
    """Return the values of the side that was chosen for each field."""
    values = {}
    for name in MERGED_FIELDS[type(records[stays])]:
        side = request.POST.get(name, stays)
        values[name] = getattr(records[side if side in SIDES else stays], name)
    return values


@require_POST
def duplicate_dismiss(
    request: HttpRequest, kind: str, one: int, other: int
) -> HttpResponse:
    """Remember that two records are not the same."""
    by = acting_user(request)
    if one == other:
        raise Http404
    first, second = _record(kind, by, one), _record(kind, by, other)
    opportunities.keep_apart(
        DirectoryKind(kind), first.pk, second.pk, by=by, now=timezone.now()
    )
    toast(request, _("Remembered: they are not the same"))
    return redirect(safe_next(request, reverse("homes:duplicate_list", args=[kind])))


# -- What they share --------------------------------------------------------------
def _editor(request: HttpRequest, kind: str) -> User:
    """Return who asks, if this person may change accounts and contacts."""
    viewer = acting_user(request)
    if kind not in MODELS:
        raise Http404
    if not (viewer.is_rep or viewer.is_admin or viewer.is_manager):
        raise PermissionDenied
    return viewer


def _record(kind: str, by: User, pk: int) -> Any:
    """Return an account or contact that the person may change."""
    if kind not in MODELS:
        raise Http404
    records: Any = MODELS[kind].objects.select_related(
        "parent" if kind == DirectoryKind.ACCOUNTS else "account"
    )
    return editable_or_403(records, by, pk=pk)


def _merged(kind: str, by: User, ids: tuple[int, int]) -> Any:
    """Return what one of two records was merged into, if that is the other one."""
    if kind not in MODELS:
        raise Http404
    records: Any = MODELS[kind].objects
    same = records.editable_by(by).filter(
        pk__in=records.filter(pk__in=ids, merged_into__in=ids).values("merged_into")
    )
    return same.first()


def back_to(record: Account | Contact) -> str:
    """Return the page on which a record is shown."""
    if isinstance(record, Account):
        return record.get_absolute_url()
    if record.account is not None:
        return record.account.get_absolute_url()
    return reverse("opportunities:account_list")


def _compare(
    request: HttpRequest,
    kind: str,
    records: dict[str, Any],
    by: User,
    *,
    error: str = "",
    status: int | None = None,
) -> HttpResponse:
    found = comparison(records["one"], records["other"], viewer=by)
    typed = request.POST
    context = {
        "kind": kind,
        **records,
        "found": found,
        "stays": typed.get("stays", found.stays),
        "rows": [(each, typed.get(each.name, each.chosen)) for each in found.values],
        "error": error,
        "is_conflict": status == 409,
    }
    status = status or (422 if error else 200)
    return render(request, "homes/record_merge.html", context, status=status)
