"""Questions, notes and commitments at a deal. Each answers with its own part."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from pipeline.opportunities.models import Opportunity
from pipeline.reviews import services
from pipeline.reviews.forms import CommitmentFields
from pipeline.reviews.models import PrivateNote, ReviewItem
from pipeline.reviews.views.shared import (
    PAGE,
    Seat,
    item_or_404,
    part,
    step_context,
    take_chair,
    take_seat,
)
from rhythm.calendar.forms.running import NoteForm
from rhythm.calendar.views.seats import note_came_too_late
from rhythm.commitments import services as commitments
from rhythm.commitments.forms import DropForm, RenewForm
from rhythm.commitments.models import Commitment
from rhythm.people.access import visible_or_404
from rhythm.people.models import User
from rhythm.web.forms import errors_to
from rhythm.web.htmx import wants_part
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict


def _answer(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    template: str,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """Answer with a part of the deal, read again; without htmx with its page."""
    pk = seat.review.pk
    if not wants_part(request) and status == 200:
        return redirect("reviews:review_item", pk, item_pk)
    context = step_context(take_seat(request, pk), item_pk, **more)
    if not wants_part(request):
        return part(request, PAGE, context, status=status)
    return part(request, template, context | {"is_part": True}, status=status)


def _note_again(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    which: str,
    *,
    status: int,
    **more: Any,
) -> HttpResponse:
    """Answer with the note's whole box: it has something to say about the text."""
    template = f"reviews/_{which}.html"
    response = _answer(request, seat, item_pk, template, status=status, **more)
    target = "#rv-note" if which == "note" else "#rv-private"
    return reswap(retarget(response, target), "outerHTML")


@require_POST
def review_asked(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Tick a question as asked, or take the tick away."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    question = request.POST.get("question", "")[:300]
    is_asked = request.POST.get("asked") == "on"
    try:
        services.ask(item, question, is_asked=is_asked, by=seat.viewer)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    return _answer(request, seat, item_pk, "reviews/_pulse_only.html")


@require_POST
def review_note(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Keep the shared note while it is written."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        more = {"my_note": form.typed, "note_form": form}
        return _note_again(request, seat, item_pk, "note", status=422, **more)
    shown = None if "overwrite" in request.POST else form.cleaned_data["version"]
    text = form.cleaned_data["text"]
    try:
        services.write_note(item, text, by=seat.viewer, shown_version=shown)
    except Conflict as conflict:
        theirs: ReviewItem = conflict.current  # type: ignore[assignment]
        return _note_again(
            request,
            seat,
            item_pk,
            "note",
            status=409,
            my_note=text,
            changes=[(_("Note"), theirs.note, text)],
        )
    except ValidationError as error:
        back = seat.review.get_absolute_url()
        return note_came_too_late(request, text, error, back=back)
    return _answer(request, seat, item_pk, "reviews/_note_saved.html", kind="note")


@require_POST
def review_private_note(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Keep the viewer's own note, which nobody else reads."""
    seat = take_seat(request, pk)
    item = item_or_404(seat, item_pk)
    form = NoteForm(request.POST)
    which = "private_note"
    if not form.is_valid():
        more = {"my_private_note": form.typed, "private_form": form}
        return _note_again(request, seat, item_pk, which, status=422, **more)
    shown = None if "overwrite" in request.POST else form.cleaned_data["version"] or 0
    text = form.cleaned_data["text"]
    try:
        services.write_private_note(item, text, author=seat.viewer, shown_version=shown)
    except Conflict as conflict:
        theirs: PrivateNote = conflict.current  # type: ignore[assignment]
        return _note_again(
            request,
            seat,
            item_pk,
            which,
            status=409,
            my_private_note=text,
            changes=[(_("Private note"), theirs.text, text)],
        )
    return _answer(request, seat, item_pk, "reviews/_note_saved.html", kind="private")


@require_POST
def review_commitment_add(request: HttpRequest, pk: int, item_pk: int) -> HttpResponse:
    """Make a commitment at this deal."""
    seat = take_chair(request, pk)
    item = item_or_404(seat, item_pk)
    context = step_context(seat, item_pk)
    form = CommitmentFields(
        request.POST, promisers=context["deal"].promisers, auto_id="c-%s"
    )
    if form.is_valid():
        with errors_to(form):
            _promise(item, form, seat)
            return _answer(
                request, seat, item_pk, "reviews/_commitments.html", refocus=True
            )
    return _answer(
        request, seat, item_pk, "reviews/_commitments.html", status=422, add_form=form
    )


def _promise(item: ReviewItem, form: CommitmentFields, seat: Seat) -> None:
    wanted = form.promise()
    try:
        services.promise(
            item,
            wanted.what,
            promiser=wanted.promiser,
            due_on=wanted.due_on,
            by=seat.viewer,
            now=seat.now,
            submission_key=wanted.submission_key,
        )
    except ValidationError as error:
        known = set(form.fields)
        if hasattr(error, "error_dict") and not set(error.error_dict) <= known:
            raise ValidationError(error.messages) from error
        raise


ACTIONS = ("keep", "renew", "drop", "remove")


@require_http_methods(["GET", "POST"])
def review_commitment(
    request: HttpRequest, pk: int, item_pk: int, commitment_pk: int, action: str
) -> HttpResponse:
    """Act on a commitment of this deal: keep, renew, drop, or remove a new one.

    GET asks for the date or the reason that renew and drop need.
    """
    if action not in ACTIONS:
        raise Http404
    seat = take_seat(request, pk)
    item = item_or_404(seat, item_pk)
    made = _commitment_of(item, seat.viewer, commitment_pk)
    form = _action_form(request, made, action)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            _act(seat, item, made, action, form)
        except Conflict:
            toast(request, _("It changed meanwhile. Look again."), level="warning")
            form = None
        except ValidationError as error:
            form = _refuse(request, form, error)
        else:
            form = None
    if form is None:
        template = "reviews/_promises.html"
        return _answer(request, seat, item_pk, template)
    is_refused = request.method == "POST"
    return _answer_form(request, seat, item_pk, made, action, form, is_refused)


def _answer_form(
    request: HttpRequest,
    seat: Seat,
    item_pk: int,
    made: Commitment,
    action: str,
    form: RenewForm | DropForm,
    is_refused: bool,
) -> HttpResponse:
    more = {"acting_on": made.pk, "action": action, "action_form": form}
    # What was refused may have been done by somebody else meanwhile.
    seat = take_seat(request, seat.review.pk) if is_refused else seat
    context = step_context(seat, item_pk, **more)
    is_part = wants_part(request)
    name = "reviews/_past.html" if is_part else "reviews/review_detail.html"
    status = 422 if is_refused else 200
    return part(request, name, context | {"is_part": is_part}, status=status)


def _commitment_of(item: ReviewItem, viewer: User, pk: int) -> Commitment:
    """Return a commitment of the item's deal. Other deals' ones are not there."""
    of_deal = Opportunity.commitments.through.objects.filter(
        opportunity=item.opportunity_id, commitment=OuterRef("pk")
    )
    return visible_or_404(Commitment.objects.filter(Exists(of_deal)), viewer, pk=pk)


def _action_form(
    request: HttpRequest, made: Commitment, action: str
) -> RenewForm | DropForm | None:
    posted = request.POST if request.method == "POST" else None
    auto_id = f"p{made.pk}-%s"
    if action == "renew":
        initial = {"version": made.version}
        return RenewForm(posted, initial=initial, auto_id=auto_id)
    if action == "drop":
        return DropForm(posted, initial={"version": made.version}, auto_id=auto_id)
    return None


def _refuse(
    request: HttpRequest, form: RenewForm | DropForm | None, error: ValidationError
) -> RenewForm | DropForm | None:
    if form is None:
        toast(request, " ".join(error.messages), level="error")
        return None
    form.add_error(None, error.messages)
    return form


def _act(
    seat: Seat,
    item: ReviewItem,
    made: Commitment,
    action: str,
    form: RenewForm | DropForm | None,
) -> None:
    by, now = seat.viewer, seat.now
    values = form.cleaned_data if form else {}
    if action == "keep":
        commitments.keep(made, by=by, today=made.promiser.today(now))
    elif action == "renew":
        shown = values["version"]
        commitments.renew(made, values["due_on"], by=by, now=now, shown_version=shown)
    elif action == "drop":
        shown = values["version"]
        commitments.drop(made, values["reason"], by=by, shown_version=shown)
    else:
        services.withdraw_commitment(item, made, by=by)
