"""Who may read and do what with a comment. Each function reads, none changes."""

from __future__ import annotations

from pipeline.comments.models import Comment, Question
from rhythm.people.models import User


def may_still_read(person: User, comment_id: int) -> bool:
    """Return whether a notice of the comment may go to `person` now.

    Asked right before it is sent: the deal may have changed hands meanwhile, and the
    comment may be gone.
    """
    visible = Comment.objects.visible_to(person).filter(removed_at=None)
    return visible.filter(pk=comment_id).exists()


def answers_by_reply(question: Question, person: User) -> bool:
    """Return whether a reply of `person` is taken for the answer unless they say no."""
    return Question.objects.to_answer(person).filter(pk=question.pk).exists()
