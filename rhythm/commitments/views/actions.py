"""What people do with a commitment: keep it, move it, answer, drop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from rhythm.commitments import access, services
from rhythm.commitments.forms import AnswerForm, DropForm, NewDateForm
from rhythm.commitments.models import Commitment
from rhythm.commitments.selectors.rows import row, shaped
from rhythm.commitments.views.pages import detail_context, posted
from rhythm.people.access import acting_user, visible_or_404
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.http import safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

DETAIL = "commitments/commitment_detail.html"


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark it kept, then show its row again."""
    person = acting_user(request)
    commitment = visible_or_404(Commitment.objects, person, pk=pk)

    def change() -> None:
        today = commitment.promiser.today(timezone.now())
        shown = _shown_version(request)
        services.keep(commitment, by=person, today=today, shown_version=shown)
        undo = reverse("commitments:undo_keep", args=[pk])
        toast(request, _("Kept: %(what)s") % {"what": commitment.what}, undo=undo)

    return _act(request, commitment, change)


@require_POST
def undo_keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Open it again, then show its row again."""
    person = acting_user(request)
    commitment = visible_or_404(Commitment.objects, person, pk=pk)

    def change() -> None:
        today = commitment.promiser.today(timezone.now())
        services.undo_keep(commitment, by=person, today=today)
        toast(request, _("It is open again"))

    return _act(request, commitment, change)


@require_POST
def answer(request: HttpRequest, pk: int, request_pk: int) -> HttpResponse:
    """Agree to a new date or stay with the old one, then show the row again."""
    person = acting_user(request)
    commitment = visible_or_404(Commitment.objects, person, pk=pk)
    asked = commitment.date_requests.filter(pk=request_pk).first()
    if asked is None:
        raise Http404
    form = AnswerForm(request.POST)

    def change() -> None:
        if not form.is_valid():
            raise ValidationError(_("Say whether the new date is fine."))
        accept = form.cleaned_data["accept"]
        services.answer_date_request(
            asked, accept=accept, by=person, now=timezone.now()
        )
        toast(request, _("New date agreed") if accept else _("The date stays"))

    return _act(request, commitment, change)


@require_http_methods(["GET", "POST"])
def new_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a new date."""
    person = acting_user(request)
    commitment = visible_or_404(Commitment.objects, person, pk=pk)
    if not access.may_keep(commitment, person):
        raise PermissionDenied
    now = timezone.now()
    today = commitment.promiser.today(now)
    form = NewDateForm(posted(request), today=today)
    if request.method == "POST" and form.is_valid():
        day, reason = form.cleaned_data["new_due_on"], form.cleaned_data["reason"]
        with errors_to(form):
            services.ask_new_date(commitment, day, reason, by=person, now=now)
            is_own = commitment.promiser_id == commitment.receiver_id
            name = {"name": commitment.receiver.name}
            news = _("New date set") if is_own else _("Asked %(name)s") % name
            toast(request, news)
            return _leave(request, commitment)
    context = {"commitment": commitment, "form": form}
    return _sheet(request, "commitments/new_date.html", context)


@require_http_methods(["GET", "POST"])
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Release the promiser from it, with a reason."""
    person = acting_user(request)
    commitment = visible_or_404(Commitment.objects, person, pk=pk)
    if not access.may_drop(commitment, person):
        raise PermissionDenied
    form = DropForm(posted(request), initial={"version": commitment.version})
    context: dict[str, Any] = {"commitment": commitment, "form": form}
    if request.method == "POST" and form.is_valid():
        reason, shown = form.cleaned_data["reason"], form.cleaned_data["version"]
        try:
            with errors_to(form):
                services.drop(commitment, reason, by=person, shown_version=shown)
                toast(request, _("Commitment dropped"))
                return _leave(request, commitment)
        except Conflict as conflict:
            kept = {"version": conflict.current.version, "reason": reason}
            context |= {"form": DropForm(initial=kept), "conflict": True}
            return _sheet(request, "commitments/drop.html", context, status=409)
    return _sheet(request, "commitments/drop.html", context)


def _act(
    request: HttpRequest, commitment: Commitment, change: Callable[[], None]
) -> HttpResponse:
    """Do it and show the row again; or say beside the row why not."""
    error, status = "", 200
    try:
        change()
    except ValidationError as refused:
        error, status = " ".join(refused.messages), 422
    except Conflict:
        error = _("Somebody changed this meanwhile. This is how it stands now.")
        status = 409
    if status == 200 and not wants_part(request):
        return redirect(safe_next(request, commitment.get_absolute_url()))
    return _row(request, commitment, error, status)


def _row(
    request: HttpRequest, commitment: Commitment, error: str, status: int
) -> HttpResponse:
    person = acting_user(request)
    fresh = visible_or_404(shaped(Commitment.objects.all()), person, pk=commitment.pk)
    if wants_part(request):
        today = person.today(timezone.now())
        context: dict[str, Any] = {"row": row(fresh, person, today=today)}
    else:
        context = detail_context(fresh, person)
    context |= {"error": error, "is_fresh": True}
    response = render_part(request, DETAIL, "row", context, status=status)
    if status == 200:
        trigger_client_event(response, "commitments:changed", {}, after="settle")
    return response


def _sheet(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 0
) -> HttpResponse:
    refused = 422 if context["form"].errors else 200
    return render_part(request, template, "sheet", context, status=status or refused)


def _leave(request: HttpRequest, commitment: Commitment) -> HttpResponse:
    """Show the page from which the sheet was opened, as it is now."""
    if wants_part(request):
        return HttpResponseClientRefresh()
    return redirect(commitment)


def _shown_version(request: HttpRequest) -> int:
    """Return the version that the form carried; 0, which never is one, if none."""
    return whole_number(request.POST.get("version")) or 0
