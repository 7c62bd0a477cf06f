"""The talk about a deal: the part of its page, the page of its own, one comment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from pipeline.comments import access
from pipeline.comments.forms import CommentForm, ReplyForm
from pipeline.comments.models import Comment
from pipeline.comments.selectors import mentions, questions
from pipeline.comments.selectors.thread import talk
from pipeline.comments.selectors.thread import thread as thread_of
from pipeline.comments.views.shared import comments, deals
from pipeline.opportunities.models import Opportunity
from rhythm.people.access import acting_user, visible_or_404
from rhythm.people.models import User
from rhythm.web.htmx import render_part, wants_part
from rhythm.web.numbers import whole_number


@require_safe
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is said about a deal, and the form to say more."""
    viewer = acting_user(request)
    deal = visible_or_404(deals(), viewer, pk=pk)
    context = _list(request, deal, viewer) | {"form": CommentForm()}
    return render_part(request, "comments/thread.html", "thread", context)


@require_safe
def comment_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the list again, without the form, in which somebody may be writing."""
    viewer = acting_user(request)
    deal = visible_or_404(deals(), viewer, pk=pk)
    if not wants_part(request):
        return redirect("comments:thread", pk)
    return render(request, "comments/_list.html", _list(request, deal, viewer))


@require_safe
def comment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one comment with its replies, and the form to reply."""
    viewer = acting_user(request)
    comment = visible_or_404(comments(), viewer, pk=pk)
    if comment.parent_id:
        return redirect(comment)
    before = whole_number(request.GET.get("before"))
    row, earlier = talk(comment, viewer, now=timezone.now(), before=before)
    context = {
        "comment": comment,
        "opportunity": comment.opportunity,
        "row": row,
        "earlier": earlier,
        "before": before,
        "form": reply_form(comment, viewer),
    }
    return render_part(request, "comments/comment_detail.html", "talk", context)


@require_safe
def mention_options(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer who may be called, while somebody types after an @."""
    viewer = acting_user(request)
    deal = visible_or_404(Opportunity.objects, viewer, pk=pk)
    text = request.GET.get("called", "").replace("\0", "")[:100]
    people = mentions.suggestions(deal, text)
    context = {"people": people, "owner": deal.owner_id, "text": text}
    return render(request, "comments/_people.html", context)


@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """List open questions: to answer, or ?view=waiting for an answer.

    As a part, the first few of both, for first pages.
    """
    viewer, now = acting_user(request), timezone.now()
    if wants_part(request) and request.GET.get("view") is None:
        few = {
            which: questions.questions(viewer, which, now=now, most=questions.FEW)
            for which in (questions.TO_ANSWER, questions.WAITING)
        }
        response = render(request, "comments/_questions.html", few)
        patch_vary_headers(response, ["HX-Request"])
        return response
    is_waiting = request.GET.get("view") == questions.WAITING
    which = questions.WAITING if is_waiting else questions.TO_ANSWER
    after = whole_number(request.GET.get("after"))
    found = questions.questions(viewer, which, now=now, after=after)
    context = {"which": which, "questions": found}
    return render_part(request, "comments/question_list.html", "list", context)


def reply_form(comment: Comment, viewer: User) -> ReplyForm | None:
    """Return an empty form to reply to a comment, None where nobody may."""
    if comment.removed_at:
        return None
    question = getattr(comment, "question", None)
    if question is not None and question.is_open:
        answers = access.answers_by_reply(question, viewer)
        return ReplyForm(initial={"answers": answers})
    form = ReplyForm()
    del form.fields["answers"]
    return form


def _list(request: HttpRequest, deal: Opportunity, viewer: User) -> dict[str, object]:
    before = whole_number(request.GET.get("before"))
    found = thread_of(deal, viewer, now=timezone.now(), before=before)
    return {
        "opportunity": deal,
        "thread": found,
        "before": before,
        "is_part": wants_part(request),
    }
