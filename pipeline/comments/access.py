"""Who may read and do what with a comment. Each function reads, none changes."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.comments.models import Comment, Question
from rhythm.people.models import User


def still_open_to(person: User, comment_ids: Sequence[int]) -> set[int]:
    """Return those of the comments whose notices `person` may have now. One query.

    Asked right before one is sent, and when it is shown: the deal may have changed
    hands meanwhile, and the comment may be gone.
    """
    visible = Comment.objects.visible_to(person).filter(removed_at=None)
    return set(visible.filter(pk__in=comment_ids).values_list("pk", flat=True))


def answers_by_reply(question: Question, person: User) -> bool:
    """Return whether a reply of `person` is taken for the answer unless they say no."""
    return Question.objects.to_answer(person).filter(pk=question.pk).exists()
