"""Locks that all changes of a comment share: deal, comment, question, in this order."""

from __future__ import annotations

from pipeline.comments.models import Comment, Question
from pipeline.opportunities.models import Opportunity
from rhythm.people.access import visible_or_404
from rhythm.people.models import User


def locked_deal(opportunity_id: int, by: User) -> Opportunity:
    """Return the deal, which changes hands only after this transaction.

    Raises Http404 if `by` does not see it any more.
    """
    # Weaker than an edit's lock: comments do not wait for each other's deal.
    Opportunity.objects.select_for_update(no_key=True).get(pk=opportunity_id)
    # Read after the wait: what a locking query joins is as old as its beginning.
    deals = Opportunity.objects.select_related("owner", "account")
    return visible_or_404(deals, by, pk=opportunity_id)


def locked_comment(comment: Comment, by: User) -> Comment:
    """Return the comment as it is now, locked, with its deal.

    Raises Http404 if `by` does not see it any more.
    """
    deal = locked_deal(comment.opportunity_id, by)
    Comment.objects.select_for_update().get(pk=comment.pk)
    current = Comment.objects.select_related("author", "parent__author").get(
        pk=comment.pk
    )
    current.opportunity = deal
    return current


def locked_question(comment_id: int) -> Question | None:
    """Return the question that the comment asks, locked; None if it asks nothing."""
    return Question.objects.select_for_update().filter(comment=comment_id).first()
