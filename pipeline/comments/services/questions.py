"""Questions end: answered, answered elsewhere, or withdrawn."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.comments.models import Comment, Question, QuestionState
from pipeline.comments.services.locking import locked_comment, locked_question
from rhythm.people.access import require_editable
from rhythm.people.models import User

# How an asker ends a question without an answer here.
CLOSED = (QuestionState.ELSEWHERE, QuestionState.WITHDRAWN)


@transaction.atomic
def close(
    question: Question, how: QuestionState, *, by: User, now: datetime
) -> Question:
    """End a question without an answer here. The same again changes nothing.

    how is ELSEWHERE or WITHDRAWN.

    Raises PermissionDenied unless `by` asked it or leads an asker who cannot sign in,
    ValidationError if it was settled otherwise meanwhile.
    """
    question = _locked(question, by)
    if question.state == how:
        return question
    if not question.is_open or how not in CLOSED:
        raise ValidationError(_("This question was settled meanwhile."), code="settled")
    question.state, question.settled_at, question.settled_by = how, now, by
    question.save(update_fields=["state", "settled_at", "settled_by"])
    return question


@transaction.atomic
def reopen(question: Question, *, by: User) -> Question:
    """Undo `close`. An answered question stays answered.

    Raises PermissionDenied as `close` does, ValidationError if it was answered.
    """
    question = _locked(question, by)
    if question.is_open:
        return question
    if question.state not in CLOSED:
        raise ValidationError(_("This question was answered."), code="settled")
    _open(question)
    return question


def settle_by(question: Question, answer: Comment, *, now: datetime) -> None:
    """Mark a locked, open question as answered."""
    question.state, question.answer = QuestionState.ANSWERED, answer
    question.settled_at, question.settled_by = now, answer.author
    question.save(update_fields=["state", "answer", "settled_at", "settled_by"])


def unsettle(answer: Comment) -> None:
    """Open the question again whose answer is gone, if it was this one."""
    question = locked_question(answer.parent_id) if answer.parent_id else None
    if question is not None and question.answer_id == answer.pk:
        _open(question)


def _open(question: Question) -> None:
    question.state, question.answer = QuestionState.OPEN, None
    question.settled_at = question.settled_by = None
    question.save(update_fields=["state", "answer", "settled_at", "settled_by"])


def _locked(question: Question, by: User) -> Question:
    """Return the question as it is now, locked, if `by` may close it."""
    comment = locked_comment(question.comment, by)
    current = locked_question(comment.pk)
    if current is None:
        raise PermissionDenied
    require_editable(Question.objects, by, current.pk)
    return current
