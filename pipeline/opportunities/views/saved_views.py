"""Saved views of the table."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.opportunities import services
from pipeline.opportunities.forms.saved_views import SavedViewForm
from pipeline.opportunities.models import SavedView
from pipeline.opportunities.selectors.questions import Question, question_from
from pipeline.opportunities.selectors.saved_views import address_of, stored
from pipeline.opportunities.views.answers import sheet
from rhythm.people.access import acting_user, editable_or_403, visible_or_404
from rhythm.web.conflicts import differences, with_version
from rhythm.web.http import go
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

FORM = "opportunities/view_form.html"


@require_http_methods(["GET", "HEAD", "POST"])
def view_create(request: HttpRequest) -> HttpResponse:
    """Keep what the table shows under a name."""
    by = acting_user(request)
    question = _asked(request)
    form = SavedViewForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            view = services.save_view(
                question,
                name=form.cleaned_data["name"],
                share=form.cleaned_data["share"],
                by=by,
                submission_key=form.cleaned_data["submission_key"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("View saved"))
            return _show(request, view)
    status = 422 if request.method == "POST" else 200
    return _sheet(request, form, question, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, or share it with others."""
    by = acting_user(request)
    view = editable_or_403(SavedView.objects.select_related("team"), by, pk=pk)
    form = SavedViewForm(request.POST or None, by=by, view=view)
    status, changes = 422 if request.method == "POST" else 200, None
    if request.method == "POST" and form.is_valid():
        try:
            saved = services.edit_view(
                view,
                name=form.cleaned_data["name"],
                share=form.cleaned_data["share"],
                by=by,
                shown_version=form.cleaned_data["version"],
            )
        except Conflict as conflict:
            theirs = conflict.current
            assert isinstance(theirs, SavedView)
            now = {"name": theirs.name, "share": theirs.share}
            status, changes = 409, differences(form, now)
            with_version(form, theirs.version)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, _("View saved"))
            return _show(request, saved)
    return _sheet(
        request, form, stored(view), view=view, changes=changes, status=status
    )


@require_POST
def view_update(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a view ask what the table shows now."""
    by = acting_user(request)
    view = editable_or_403(SavedView.objects, by, pk=pk)
    try:
        saved = services.ask_otherwise(
            view, _asked(request), by=by, shown_version=_version(request)
        )
    except Conflict as conflict:
        return _changed_meanwhile(request, conflict)
    toast(request, _("“%(name)s” shows this from now on") % {"name": saved.name})
    return _show(request, saved)


@require_POST
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a view. The deals in it stay where they are."""
    by = acting_user(request)
    view = editable_or_403(SavedView.objects, by, pk=pk)
    try:
        services.remove_view(view, by=by, shown_version=_version(request))
    except Conflict as conflict:
        return _changed_meanwhile(request, conflict)
    toast(request, _("View removed"))
    return go(request, f"{reverse('opportunities:opportunity_list')}?view=0")


@require_POST
def view_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the own table with a view, or with none any more."""
    by = acting_user(request)
    view = visible_or_404(SavedView.objects, by, pk=pk)
    wanted = request.POST.get("wanted") == "1"
    services.begin_with(view, by=by, wanted=wanted)
    told = (
        _("Your table begins with “%(name)s”")
        if wanted
        else _("Your table begins with all open deals")
    )
    toast(request, told % {"name": view.name})
    return _show(request, view)


def _asked(request: HttpRequest) -> Question:
    """Return the question that a form carries, as the rest of an address."""
    text = request.POST.get("asked") or request.GET.get("asked") or ""
    try:
        return question_from(QueryDict(text[:4000]))
    except ValueError:
        return question_from({})


def _version(request: HttpRequest) -> int:
    return whole_number(request.POST.get("version")) or 0


def _show(request: HttpRequest, view: SavedView) -> HttpResponse:
    """Go to the table as the view asks for it."""
    list_url = reverse("opportunities:opportunity_list")
    return go(request, f"{list_url}?{address_of(view)}")


def _changed_meanwhile(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    """Show the view as it is now, so that it is decided about again."""
    theirs = conflict.current
    assert isinstance(theirs, SavedView)
    form = SavedViewForm(by=acting_user(request), view=theirs)
    return _sheet(request, form, stored(theirs), view=theirs, changes=[], status=409)


def _sheet(
    request: HttpRequest,
    form: SavedViewForm,
    question: Question,
    *,
    view: SavedView | None = None,
    changes: list[tuple[str, str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    action = reverse("opportunities:view_create")
    if view is not None:
        action = reverse("opportunities:view_edit", args=[view.pk])
    list_url = reverse("opportunities:opportunity_list")
    context = {
        "form": form,
        "view": view,
        "asked": question.address(),
        "action": action,
        "back": f"{list_url}?{question.address()}",
        "is_conflict": changes is not None,
        "changes": changes,
    }
    return sheet(request, FORM, context, status=status)
