"""What the views of comments share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import trigger_client_event

from pipeline.comments.forms import WordsForm
from pipeline.comments.models import Comment
from pipeline.comments.selectors.mentions import mentions_in
from pipeline.opportunities.models import Opportunity
from rhythm.web.htmx import wants_part
from rhythm.web.http import close_sheet, safe_next

CHANGED = "comments:changed"


def deals() -> Any:
    """Return the deals with what the talk about one says of it."""
    return Opportunity.objects.select_related("account", "owner")


def comments() -> Any:
    """Return the comments with what their forms say of them."""
    return Comment.objects.select_related(
        "author", "parent", "question", "opportunity__account", "opportunity__owner"
    )


def done(request: HttpRequest, comment: Comment) -> HttpResponse:
    """Close the sheet; what shows comments loads itself again."""
    if not wants_part(request):
        return redirect(safe_next(request, comment.get_absolute_url()))
    return close_sheet(changed(HttpResponse(status=204)))


def changed[R: HttpResponse](response: R) -> R:
    """Tell the page that something was said, so that its parts load again."""
    trigger_client_event(response, CHANGED, {})
    return response


def offer_namesakes(
    form: WordsForm, opportunity: Opportunity, edited: Comment | None = None
) -> dict[str, Any]:
    """Let a refused form offer whom a name may mean; return its context."""
    if form.is_bound and form.has_name_problem:
        text = form["text"].value() or ""
        known = edited.called_before() if edited else ()
        form.unclear = mentions_in(text, opportunity, form.picks, known).unclear
    return {"form": form, "opportunity": opportunity}
