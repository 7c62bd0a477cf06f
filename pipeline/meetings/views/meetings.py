"""The page of a meeting, and what may be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pipeline.accounts import services as accounts
from pipeline.meetings.forms import MoveForm, OutsideForm, ReasonForm
from pipeline.meetings.selectors.meetings import meeting_page, named
from pipeline.reviews import services as reviews
from pipeline.runner import services as runner
from pipeline.runner.models import ELSEWHERE
from rhythm.calendar import services
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.people.models import User
from rhythm.web.conflicts import beside_theirs
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

PREPARES: dict[MeetingKind, Callable[..., Any]] = {
    MeetingKind.PIPELINE_REVIEW: reviews.prepare,
    MeetingKind.ACCOUNT_REVIEW: accounts.prepare,
}
DROPS: dict[str, Callable[..., Meeting]] = {
    "skip": services.skip,
    "cancel": services.cancel,
}


@require_GET
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one meeting: when, who, what to prepare, what came before."""
    viewer, now = acting_user(request), timezone.now()
    mine = Meeting.objects.editable_by(viewer).filter(pk=OuterRef("pk"))
    found = named(Meeting.objects.annotate(is_editable=Exists(mine)))
    meeting = visible_or_404(found, viewer, pk=pk)
    may_change = bool(getattr(meeting, "is_editable", False))
    page = meeting_page(meeting, viewer, may_change=may_change, now=now)
    return render(request, "meetings/meeting_detail.html", {"page": page})


@require_POST
def meeting_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the meeting: in its room, if it is one of a kind that has one."""
    viewer, now = acting_user(request), timezone.now()
    meeting = _run_by(viewer, pk)
    try:
        if meeting.kind == MeetingKind.PIPELINE_REVIEW:
            review = reviews.prepare(meeting, now=now, is_asking=False)
            return redirect(reviews.begin(review, by=viewer, now=now))
        if meeting.kind == MeetingKind.ACCOUNT_REVIEW:
            held = accounts.prepare(meeting, now=now)
            return redirect(accounts.begin(held, by=viewer, now=now))
        if meeting.kind not in ELSEWHERE:
            return redirect(runner.begin(meeting, by=viewer, now=now))
        services.start(meeting, now=now)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return redirect("meetings:meeting_detail", pk)


@require_POST
def meeting_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the agenda of a review now, before its time."""
    viewer, now = acting_user(request), timezone.now()
    meeting = _run_by(viewer, pk)
    if meeting.kind not in PREPARES:
        raise PermissionDenied
    try:
        return redirect(PREPARES[MeetingKind(meeting.kind)](meeting, now=now))
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return redirect("meetings:meeting_detail", pk)


@require_POST
def meeting_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """End a meeting that took place."""
    meeting = _run_by(acting_user(request), pk)
    try:
        services.hold(meeting, now=timezone.now())
        toast(request, _("It is noted as held."))
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return redirect("meetings:meeting_detail", pk)


@require_http_methods(["GET", "POST"])
def meeting_drop(request: HttpRequest, pk: int, how: str) -> HttpResponse:
    """Ask why a meeting is skipped or cancelled (GET), or do it."""
    meeting = _editable(request, pk)
    if how not in DROPS:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ReasonForm(posted, initial={"version": meeting.version})

    def act() -> None:
        reason, version = form.cleaned_data["reason"], form.cleaned_data["version"]
        DROPS[how](meeting, reason, shown_version=version)

    done = _("Skipped. It does not count as missed.")
    if how == "cancel":
        done = _("Cancelled. It was never owed.")
    again = reverse("meetings:meeting_again", args=[pk])
    return _sheet(
        request,
        meeting,
        "meetings/meeting_drop.html",
        form,
        act,
        done,
        undo=again,
        more={"how": how},
    )


@require_http_methods(["GET", "POST"])
def meeting_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another time (GET), or give it."""
    viewer, meeting = acting_user(request), _editable(request, pk)
    posted = request.POST if request.method == "POST" else None
    initial = MoveForm.shown(meeting, viewer)
    form = MoveForm(posted, viewer=viewer, now=timezone.now(), initial=initial)

    def act() -> None:
        services.move(
            meeting,
            form.moment(),
            minutes=form.cleaned_data["minutes"],
            reason=form.cleaned_data["reason"],
            shown_version=form.cleaned_data["version"],
        )

    done = _("Moved. Its rule leaves it alone now.")
    if form.is_valid() and form.is_over:
        done = _(
            "Moved to a time that is over. Note that it was held, or it is missed."
        )
    return _sheet(request, meeting, "meetings/meeting_move.html", form, act, done)


@require_http_methods(["GET", "POST"])
def meeting_outside(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask when it was held elsewhere (GET), or write that down."""
    viewer, meeting = acting_user(request), _editable(request, pk)
    now = timezone.now()
    posted = request.POST if request.method == "POST" else None
    form = OutsideForm(posted, viewer=viewer, initial=MoveForm.shown(meeting, viewer))

    def act() -> None:
        services.record_outside(
            meeting,
            form.moment(),
            notes=form.cleaned_data["notes"],
            now=now,
            shown_version=form.cleaned_data["version"],
        )

    done = _("It is noted as held outside.")
    return _sheet(request, meeting, "meetings/meeting_outside.html", form, act, done)


@require_POST
def meeting_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have what was skipped or cancelled be planned again."""
    meeting = _editable(request, pk)
    try:
        services.call_again(meeting, shown_version=None)
        toast(request, _("It is planned again."))
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return redirect("meetings:meeting_detail", pk)


def _run_by(viewer: User, pk: int) -> Meeting:
    """Return the meeting for whoever runs it; 403 for others who see it."""
    meeting = visible_or_404(named(Meeting.objects.all()), viewer, pk=pk)
    if meeting.runner != viewer:
        raise PermissionDenied
    return meeting


def _editable(request: HttpRequest, pk: int) -> Meeting:
    viewer = acting_user(request)
    return editable_or_403(named(Meeting.objects.all()), viewer, pk=pk)


def _sheet(
    request: HttpRequest,
    meeting: Meeting,
    template: str,
    form: Any,
    act: Callable[[], None],
    done: str,
    *,
    undo: str = "",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer with a form about a meeting, or do what it says and go back.

    Whoever comes second is shown the time it has now, beside what they entered.
    """
    status, changes = 200, []
    if form.is_valid():
        try:
            with errors_to(form):
                act()
        except Conflict:
            current = _editable(request, meeting.pk)
            now = MoveForm.shown(current, acting_user(request))
            known = {name: now[name] for name in now if name in form.fields}
            changes = beside_theirs(form, known)
            status = 409
        else:
            if form.is_valid():
                toast(request, done, undo=undo)
                return go(request, "meetings:meeting_detail", meeting.pk)
    if form.is_bound and status == 200:
        status = 422
    context = {
        "meeting": meeting,
        "form": form,
        "is_stale": status == 409,
        "changes": changes,
        **(more or {}),
    }
    return render_part(request, template, "sheet", context, status=status)
