"""The inbox: what a person is told, and what the person does with it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rhythm.notices import selectors, services
from rhythm.notices.models import Notice
from rhythm.notices.selectors.inbox import Narrowed
from rhythm.people.access import acting_user, visible_or_404
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.toasts import toast


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what the person is told, the latest first."""
    return _page(request)


@require_safe
def inbox_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the text of one notice."""
    person = acting_user(request)
    notice = _own(request, pk)
    today = person.today(timezone.now())
    is_hidden = bool(selectors.hidden_of(person, [notice]))
    context = {
        "item": selectors.item(notice, today, is_hidden=is_hidden),
        "filters": _query(_narrowed(request)),
    }
    return render(request, "notices/inbox_item.html", context)


@require_POST
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Note it as read, and lead to what it is about, or to its text."""
    notice = _own(request, pk)
    services.read(notice, now=timezone.now())
    return redirect(notice.url or reverse("notices:inbox_item", args=[pk]))


@require_POST
def inbox_done(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it out of what is open."""
    notice = _own(request, pk)
    services.finish(notice, now=timezone.now())
    undo = reverse("notices:inbox_reopen", args=[pk]) + _query(_narrowed(request))
    toast(request, _("Done"), undo=undo)
    return _again(request)


@require_POST
def inbox_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it back to what is open."""
    services.reopen(_own(request, pk), now=timezone.now())
    return _again(request)


@require_POST
def inbox_snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it off until a morning of the person."""
    notice, now = _own(request, pk), timezone.now()
    word = request.POST.get("day") or request.POST.get("until") or ""
    until = selectors.snoozed_to(word, acting_user(request), now=now)
    try:
        if until is None:
            raise ValidationError(_("Choose a day."), code="day")
        services.snooze(notice, until=until, now=now)
    except ValidationError as error:
        return _page(request, problem=" ".join(error.messages), status=422)
    toast(request, _("It comes again that morning."))
    return _again(request)


@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Note everything open as read."""
    count = services.read_all(acting_user(request), now=timezone.now())
    text = ngettext("%d notice is read", "%d notices are read", count) % count
    toast(request, text)
    return _again(request)


def _own(request: HttpRequest, pk: int) -> Notice:
    person = acting_user(request)
    return visible_or_404(Notice.objects.in_inbox_of(person), person, pk=pk)


def _narrowed(request: HttpRequest) -> Narrowed:
    asked = request.GET
    return Narrowed.by(
        asked.get("show", ""), asked.get("kind", ""), asked.get("before", "")
    )


def _query(narrowed: Narrowed) -> str:
    """Return what the page is narrowed to, as the end of an address."""
    values = {"show": narrowed.show, "kind": narrowed.kind}
    kept = {name: value for name, value in values.items() if value not in ("", "open")}
    return f"?{urlencode(kept)}" if kept else ""


def _again(request: HttpRequest) -> HttpResponse:
    """Show the inbox as it is now."""
    if wants_part(request):
        return _page(request, is_changed=True)
    return redirect(reverse("notices:inbox") + _query(_narrowed(request)))


def _page(
    request: HttpRequest,
    *,
    problem: str = "",
    is_changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    person, narrowed = acting_user(request), _narrowed(request)
    context: dict[str, Any] = {
        "inbox": selectors.inbox(person, narrowed, now=timezone.now()),
        "narrowed": narrowed,
        "shows": selectors.SHOWN.items(),
        "kinds": selectors.kind_choices(),
        "filters": _query(narrowed),
        "problem": problem,
        "is_changed": is_changed,
    }
    if is_changed:
        context["unread"] = selectors.unread_again(person)
    return render_part(request, "notices/inbox.html", "list", context, status=status)
