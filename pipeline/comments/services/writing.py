"""What people say, ask and answer, and how they change their words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.comments import mailing
from pipeline.comments.models import Comment, Question
from pipeline.comments.selectors.mentions import Mentions, mentions_in
from pipeline.comments.services.locking import (
    locked_comment,
    locked_deal,
    locked_question,
)
from pipeline.comments.services.questions import settle_by
from pipeline.opportunities.models import Opportunity
from rhythm.notices import services as notices
from rhythm.people.models import User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version


@dataclass(frozen=True)
class Words:
    """What somebody wrote."""

    text: str
    # Ids of people chosen from the list of names; they decide between namesakes. Of
    # an edited comment, those decide whom it called before where none is chosen.
    picked: Collection[int] = ()
    # Names that nobody here has stay in the text, and nobody is told.
    as_written: bool = False


@transaction.atomic
def comment(
    opportunity: Opportunity,
    words: Words,
    *,
    by: User,
    now: datetime,
    asks: bool = False,
    submission_key: UUID | None = None,
) -> Comment:
    """Return what `by` says about the deal; everybody who is called is told.

    asks makes it a question to the first person who is called, or to the owner. The
    same submission_key again returns the comment that it made, and does nothing else.

    Raises ValidationError naming what is wrong, Http404 if `by` does not see the deal.
    """
    deal = locked_deal(opportunity.pk, by)
    new = Comment(opportunity=deal, author=by, created_at=now)
    mentions = _fill(new, words)
    asked = _asked(deal, mentions, by) if asks else None
    new, is_new = _save(new, mentions, submission_key)
    if not is_new:
        return new
    if asks:
        followed = asked == deal.owner
        Question.objects.create(comment=new, asked=None if followed else asked)
    drafts = mailing.about(new, told=mentions.distinct, asked=asked)
    notices.post(drafts, now=now)
    return new


@transaction.atomic
def reply(
    parent: Comment,
    words: Words,
    *,
    by: User,
    now: datetime,
    answers: bool = False,
    submission_key: UUID | None = None,
) -> Comment:
    """Return what `by` replies; everybody who is called is told.

    answers settles the question that `parent` asks, if it is open, and tells who
    asked. The same submission_key again changes nothing.

    Raises ValidationError naming what is wrong, Http404 if `by` does not see the deal.
    """
    parent = locked_comment(parent, by)
    if parent.parent_id:
        raise ValidationError(_("Reply to what began the talk."), code="nested")
    if parent.removed_at:
        raise ValidationError(
            _("This was removed meanwhile, so a reply would stand alone."), code="gone"
        )
    new = Comment(
        opportunity=parent.opportunity,
        parent=parent,
        author=by,
        created_at=now,
        is_answer=answers,
    )
    mentions = _fill(new, words)
    question = locked_question(parent.pk)
    if question is None or not question.is_open:
        new.is_answer = False
    new, is_new = _save(new, mentions, submission_key)
    if not is_new:
        return new
    asker = None
    if question is not None and new.is_answer:
        settle_by(question, new, now=now)
        asker = parent.author
    drafts = mailing.about(new, told=mentions.distinct, answered=asker)
    notices.post(drafts, now=now)
    return new


@transaction.atomic
def edit(
    comment: Comment,
    words: Words,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Comment:
    """Change one's own words. Who is called only now is told; it shows as edited.

    Raises Conflict, ValidationError, PermissionDenied unless `by` wrote it, Http404
    if `by` does not see the deal any more.
    """
    comment = locked_comment(comment, by)
    if comment.author_id != by.pk or comment.removed_at:
        raise PermissionDenied
    check_version(comment, shown_version)
    before, known = comment.text, comment.called_before()
    mentions = _fill(comment, words, known)
    if comment.text == before and {each.pk for each in mentions.distinct} == known:
        return comment
    comment.edited_at = now
    comment.version += 1
    comment.save(update_fields=["text", "called", "edited_at", "version"])
    comment.mentioned.set(mentions.distinct)
    told = [each for each in mentions.distinct if each.pk not in known]
    notices.post(mailing.about(comment, told=told), now=now)
    return comment


def _fill(comment: Comment, words: Words, known: Collection[int] = ()) -> Mentions:
    """Give the comment its words. Raises ValidationError about names and length."""
    comment.text = words.text.replace("\r\n", "\n").strip()
    comment.clean_fields(
        exclude={each.name for each in Comment._meta.fields} - {"text"}
    )
    mentions = mentions_in(comment.text, comment.opportunity, words.picked, known)
    if mentions.problems and not words.as_written:
        raise ValidationError(
            {"text": [ValidationError(each, "mention") for each in mentions.problems]}
        )
    comment.called = mentions.called
    return mentions


def _asked(deal: Opportunity, mentions: Mentions, by: User) -> User:
    """Return whom `by` asks."""
    others = [each for each in mentions.distinct if each != by]
    if others:
        return others[0]
    if deal.owner_id == by.pk:
        message = _("The deal is yours: call whom you ask by @ and the name.")
        raise ValidationError({"asks": message})
    return deal.owner


def _save(
    comment: Comment, mentions: Mentions, key: UUID | None
) -> tuple[Comment, bool]:
    comment.submission_key = key
    comment, is_new = save_once(comment, key)
    if is_new:
        comment.mentioned.set(mentions.distinct)
    return comment, is_new
