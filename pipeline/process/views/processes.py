"""Changing processes as a whole. For admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pipeline.process import services
from pipeline.process.drafts import ProcessDraft
from pipeline.process.forms import NewProcessForm, OrderForm, ProcessForm
from pipeline.process.models import Process
from pipeline.process.starter import STARTERS
from rhythm.people.access import acting_user, admin_required, editable_or_403
from rhythm.people.models import User
from rhythm.web.conflicts import differences
from rhythm.web.forms import errors_to
from rhythm.web.htmx import render_part
from rhythm.web.http import go, safe_next
from rhythm.web.numbers import whole_number
from rhythm.web.toasts import toast
from rhythm.web.versions import Conflict

PAGE = "process/process_form.html"


@require_POST
@admin_required
def process_start(request: HttpRequest) -> HttpResponse:
    """Add the processes that a team can begin with, then show the first one."""
    process = services.create_starter(by=acting_user(request))
    toast(request, _("Your process is ready. Change whatever does not fit."))
    return go(request, safe_next(request, process.get_absolute_url()))


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def process_create(request: HttpRequest) -> HttpResponse:
    """Add a process from a template, as a copy, or empty."""
    processes = list(Process.objects.visible_to(acting_user(request)))
    initial = {"start_from": request.GET.get("from", "")}
    form = NewProcessForm(
        request.POST if request.method == "POST" else None,
        processes=processes,
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        with errors_to(form):
            process = _create(form, acting_user(request))
            toast(request, _("%(name)s is ready.") % {"name": process.name})
            return go(request, process.get_absolute_url())
    context = {
        "form": form,
        "title": _("New process"),
        "action": reverse("process:process_create"),
        "button": _("Create"),
    }
    status = 422 if form.errors else 200
    return render_part(request, PAGE, "sheet", context, status=status)


def _create(form: NewProcessForm, by: User) -> Process:
    values = form.cleaned_data
    name, description = values["name"], values["description"]
    key = values["submission_key"]
    if form.source:
        return services.copy_process(
            form.source,
            name=name,
            description=description,
            by=by,
            submission_key=key,
        )
    draft = STARTERS.get(values["start_from"], ProcessDraft(name=name))
    draft = replace(draft, name=name, description=description)
    return services.create_process(draft, by=by, submission_key=key)


@require_http_methods(["GET", "HEAD", "POST"])
def process_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or describe a process."""
    process = editable_or_403(Process.objects, acting_user(request), pk=pk)
    initial = {"name": process.name, "description": process.description}
    form = ProcessForm(
        request.POST if request.method == "POST" else None, initial=initial
    )
    context = {
        "form": form,
        "title": _("Rename %(name)s") % {"name": process.name},
        "action": reverse("process:process_edit", args=[pk]),
        "button": _("Save"),
        "version": process.version,
    }
    if request.method == "POST" and form.is_valid():
        shown = None if "overwrite" in request.POST else _version(request)
        try:
            with errors_to(form):
                services.edit_process(process, **form.cleaned_data, shown_version=shown)
                return go(request, process.get_absolute_url())
        except Conflict as conflict:
            now = conflict.current
            context["version"] = now.version
            context["reload_url"] = process.get_absolute_url()
            theirs = {name: getattr(now, name) for name in form.cleaned_data}
            context["changes"] = differences(form, theirs)
            return render_part(request, PAGE, "sheet", context, status=409)
    status = 422 if form.errors else 200
    return render_part(request, PAGE, "sheet", context, status=status)


def _version(request: HttpRequest) -> int:
    """Return the version that the form was shown; 0, which never is one, if none."""
    return whole_number(request.POST.get("version")) or 0


def _change(
    request: HttpRequest,
    pk: int,
    change: Callable[[Process], object],
    done: str,
    undo: str = "",
) -> HttpResponse:
    """Do one named change to a process, say so, and go back to the list.

    undo is the name of the page that takes it back.
    """
    process = editable_or_403(Process.objects, acting_user(request), pk=pk)
    try:
        change(process)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level="error")
    else:
        url = reverse(undo, args=[pk]) if undo else ""
        toast(request, done % {"name": process.name}, undo=url)
    return go(request, safe_next(request, reverse("process:process_list")))


@require_POST
def process_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Let new deals start in this process."""
    done = _("New deals start in %(name)s.")
    return _change(request, pk, services.make_default, done)


@require_POST
def process_archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let no new deals start in this process."""
    done = _("%(name)s is archived. Its deals go on as before.")
    by = acting_user(request)
    return _change(
        request,
        pk,
        lambda each: services.archive(each, now=timezone.now(), by=by),
        done,
        undo="process:process_unarchive",
    )


@require_POST
def process_unarchive(request: HttpRequest, pk: int) -> HttpResponse:
    """Let new deals start in this process again."""
    return _change(request, pk, services.unarchive, _("%(name)s is back in use."))


@require_POST
def process_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a process in which no deal is or was."""
    delete = partial(services.delete_process, by=acting_user(request))
    return _change(request, pk, delete, _("%(name)s is deleted."))


@require_POST
@admin_required
def process_order(request: HttpRequest) -> HttpResponse:
    """Put the processes into the order that dragging or the arrows ask for."""
    form = OrderForm(request.POST)
    if form.is_valid():
        services.order_processes(form.cleaned_data["order"])
    return go(request, reverse("process:process_list"))
