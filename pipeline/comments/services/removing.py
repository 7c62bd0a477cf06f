"""Taking words back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from pipeline.comments.models import Comment
from pipeline.comments.services.locking import locked_comment, locked_question
from pipeline.comments.services.questions import settle_by, unsettle
from rhythm.people.models import AuditKind, User
from rhythm.people.services import audit


@transaction.atomic
def remove(comment: Comment, *, by: User, now: datetime) -> Comment:
    """Hide the words for everybody; that there were some stays, and so do replies.

    A question whose answer is removed is open again. What an admin removes of others
    stands in the audit log, without its words. Removing it again changes nothing.

    Raises PermissionDenied unless `by` wrote it or is an admin.
    """
    comment = locked_comment(comment, by)
    is_own = comment.author_id == by.pk
    if not (is_own or by.is_admin):
        raise PermissionDenied
    if comment.removed_at:
        return comment
    comment.removed_at, comment.removed_by = now, by
    comment.version += 1
    comment.save(update_fields=["removed_at", "removed_by", "version"])
    unsettle(comment)
    if not is_own:
        audit.record(
            AuditKind.COMMENT_REMOVED,
            by=by,
            about=comment.author,
            subject=str(comment.opportunity),
        )
    return comment


@transaction.atomic
def put_back(comment: Comment, *, by: User, now: datetime) -> Comment:
    """Undo `remove`, by whoever removed it. An answer answers again.

    Raises PermissionDenied for anybody else.
    """
    comment = locked_comment(comment, by)
    if comment.removed_at is None:
        if comment.author_id != by.pk and not by.is_admin:
            raise PermissionDenied
        return comment
    if comment.removed_by_id != by.pk:
        raise PermissionDenied
    comment.removed_at = comment.removed_by = None
    comment.version += 1
    comment.save(update_fields=["removed_at", "removed_by", "version"])
    if comment.is_answer and comment.parent_id:
        question = locked_question(comment.parent_id)
        if question is not None and question.is_open:
            settle_by(question, comment, now=now)
    return comment
