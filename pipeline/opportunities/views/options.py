"""Search as you type, for the forms of every app.

Answers a list of radio buttons named by `name`, so that a choice needs no script:
    <input type="search" name="account_q" hx-target="#account-options"
           hx-get="{% url 'opportunities:account_options' %}?name=account"
           hx-trigger="input changed delay:200ms">
    <div id="account-options">{% include "opportunities/_options.html" with … %}</div>
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pipeline.opportunities.selectors.options import (
    Option,
    account_choices,
    contact_choices,
    opportunity_choices,
)
from rhythm.people.access import acting_user


@require_safe
def account_options(request: HttpRequest) -> HttpResponse:
    """Offer accounts; with `create`, a new one of the name that was typed."""
    found = account_choices(acting_user(request), _text(request))
    return _answer(request, found, can_create="create" in request.GET)


@require_safe
def contact_options(request: HttpRequest) -> HttpResponse:
    """Offer contacts, those of `account` first."""
    account = request.GET.get("account", "")
    account_id = int(account) if re.fullmatch(r"\d{1,18}", account) else None
    found = contact_choices(acting_user(request), _text(request), account_id)
    return _answer(request, found, can_create="create" in request.GET)


@require_safe
def opportunity_options(request: HttpRequest) -> HttpResponse:
    """Offer open deals that the person may see."""
    return _answer(request, opportunity_choices(acting_user(request), _text(request)))


def _name(request: HttpRequest) -> str:
    """Return the name of the form's field, from the address that the form chose."""
    name = request.GET.get("name", "")
    return name if re.fullmatch(r"[a-z0-9_-]{1,40}", name) else "choice"


def _text(request: HttpRequest) -> str:
    """Return what was typed, in the field `q` or `<name>_q`."""
    typed = request.GET.get("q") or request.GET.get(f"{_name(request)}_q") or ""
    return typed.replace("\0", "")


def _answer(
    request: HttpRequest, options: Sequence[Option], *, can_create: bool = False
) -> HttpResponse:
    text = _text(request).strip()
    context = {
        "name": _name(request),
        "options": options,
        "text": text,
        "create": text if can_create else "",
    }
    return render(request, "opportunities/_options.html", context)
