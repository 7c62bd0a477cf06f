"""What is said about a deal, as rows of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.comments.models import (
    Comment,
    CommentQuerySet,
    Question,
    QuestionQuerySet,
    QuestionState,
)
from pipeline.comments.selectors.mentions import pieces
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User
from rhythm.web.formats import day_clock, relative_day

PAGE = 15
# Below each, only the latest; its own page has more.
OF_EACH = 6
REPLIES = 50
# More open questions than that on one deal are on the pages of the list.
MOST_OPEN = 5
LOOKS = {
    QuestionState.OPEN: ("warn", "patch-question"),
    QuestionState.ANSWERED: ("ok", "check2-circle"),
    QuestionState.ELSEWHERE: ("mute", "check2"),
    QuestionState.WITHDRAWN: ("mute", "arrow-counterclockwise"),
}


@dataclass(frozen=True)
class Asked:
    """A question as its reader sees it."""

    words: str
    tone: str
    icon: str
    may_close: bool


@dataclass(frozen=True)
class Row:
    """One comment. All texts are ready to print; pieces that call somebody are True."""

    pk: int
    author: str
    at: str
    is_edited: bool
    # Instead of the words, when they were removed.
    removed: str
    pieces: list[tuple[str, bool]]
    is_answer: bool
    version: int
    may_edit: bool
    may_remove: bool
    question: Asked | None = None
    replies: list[Row] = field(default_factory=list)
    # How many replies came before those.
    earlier: int = 0


@dataclass(frozen=True)
class Thread:
    """A page of the talk about a deal, the latest first."""

    rows: list[Row]
    open: list[OpenRow]
    # Where the next page begins, None on the last.
    before: int | None


@dataclass(frozen=True)
class OpenRow:
    """An open question where it stands beside others, of one deal or of many."""

    pk: int
    asker: str
    whom: str
    is_mine_to_answer: bool
    may_close: bool
    since: str
    pieces: list[tuple[str, bool]]
    deal: str
    account: str
    deal_url: str


def thread(
    opportunity: Opportunity, viewer: User, *, now: datetime, before: int | None = None
) -> Thread:
    """Return the talk about a deal that `viewer` may see. Three queries."""
    opening = Comment.objects.filter(opportunity=opportunity).opening()
    if before is not None:
        opening = opening.filter(pk__lt=before)
    page = list(_shaped(opening, viewer).order_by("-pk")[: PAGE + 1])
    more, page = len(page) > PAGE, page[:PAGE]
    latest = _latest_replies([each.pk for each in page])
    today = viewer.today(now)
    rows = [_talk(each, latest.get(each.pk, []), viewer, today) for each in page]
    waits = Question.objects.open().filter(comment__opportunity=opportunity)
    waits = waits.with_answerer()
    return Thread(
        rows=rows,
        open=open_rows(waits.order_by("pk")[:MOST_OPEN], viewer, today=today),
        before=page[-1].pk if more else None,
    )


def talk(
    opening: Comment, viewer: User, *, now: datetime, before: int | None = None
) -> tuple[Row, int | None]:
    """Return a comment with its latest replies, and where earlier ones end."""
    found = _with_author(Comment.objects.filter(parent=opening))
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: REPLIES + 1])
    more, page = len(page) > REPLIES, page[:REPLIES]
    root = _shaped(Comment.objects.filter(pk=opening.pk), viewer).get()
    row = _talk(root, page[::-1], viewer, viewer.today(now))
    return row, page[-1].pk if more else None


def open_rows(
    questions: QuestionQuerySet, viewer: User, *, today: date
) -> list[OpenRow]:
    """Return open questions that know their answerer, as rows. One query."""
    found = questions.with_rights_of(viewer).select_related(
        "asked",
        "comment__author",
        "comment__opportunity__owner",
        "comment__opportunity__account",
    )
    return [_open_row(each, today) for each in found]


def _open_row(question: Question, today: date) -> OpenRow:
    comment, deal = question.comment, question.comment.opportunity
    return OpenRow(
        pk=comment.pk,
        asker=comment.author.name,
        whom=_answerer(question, deal, getattr(question, "answerer_id", None)),
        is_mine_to_answer=getattr(question, "is_to_answer", False),
        may_close=getattr(question, "may_close", False),
        since=relative_day(timezone.localtime(comment.created_at).date(), today),
        pieces=pieces(comment.text, comment.called),
        deal=deal.name,
        account=deal.account.name if deal.account else "",
        deal_url=deal.get_absolute_url(),
    )


def _answerer(question: Question, deal: Opportunity, answerer_id: int | None) -> str:
    is_asked = question.asked_id is not None and question.asked_id == answerer_id
    return (question.asked if is_asked and question.asked else deal.owner).name


def _with_author(comments: CommentQuerySet) -> CommentQuerySet:
    return comments.select_related("author", "removed_by")


def _shaped(comments: CommentQuerySet, viewer: User) -> CommentQuerySet:
    waits = Question.objects.open().filter(comment=OuterRef("pk"))
    return (
        _with_author(comments)
        .select_related("question__asked", "question__settled_by", "opportunity__owner")
        .annotate(
            answerer_id=Subquery(waits.with_answerer().values(told=F("answerer_id"))),
            may_close=Exists(waits.editable_by(viewer)),
        )
    )


def _latest_replies(parents: Sequence[int]) -> dict[int, list[Comment]]:
    """Return the last replies to each, the first of them knows how many there are."""
    if not parents:
        return {}
    numbered = _with_author(Comment.objects.filter(parent__in=parents)).annotate(
        place=Window(RowNumber(), partition_by=F("parent"), order_by=F("pk").desc()),
        of=Window(Count("pk"), partition_by=F("parent")),
    )
    found: dict[int, list[Comment]] = defaultdict(list)
    for each in numbered.filter(Q(place__lte=OF_EACH)).order_by("pk"):
        found[each.parent_id or 0].append(each)
    return found


def _talk(
    comment: Comment, replies: Sequence[Comment], viewer: User, today: date
) -> Row:
    of = max((getattr(each, "of", 0) for each in replies), default=0)
    return _row(
        comment,
        viewer,
        today,
        question=_question(comment),
        replies=[_row(each, viewer, today) for each in replies],
        earlier=max(of - len(replies), 0),
    )


def _row(
    comment: Comment,
    viewer: User,
    today: date,
    *,
    question: Asked | None = None,
    replies: Iterable[Row] = (),
    earlier: int = 0,
) -> Row:
    is_own, is_gone = comment.author_id == viewer.pk, comment.removed_at is not None
    return Row(
        pk=comment.pk,
        author=comment.author.name,
        at=day_clock(timezone.localtime(comment.created_at), today),
        is_edited=comment.edited_at is not None,
        removed=_removed(comment),
        pieces=[] if is_gone else pieces(comment.text, comment.called),
        is_answer=comment.is_answer and not is_gone,
        version=comment.version,
        may_edit=is_own and not is_gone,
        may_remove=(is_own or viewer.is_admin) and not is_gone,
        question=question,
        replies=list(replies),
        earlier=earlier,
    )


def _removed(comment: Comment) -> str:
    if comment.removed_at is None:
        return ""
    if comment.removed_by_id == comment.author_id:
        return _("Removed by its writer")
    return _("Removed by an admin")


def _question(comment: Comment) -> Asked | None:
    question = getattr(comment, "question", None)
    if question is None or comment.removed_at:
        return None
    state = QuestionState(question.state)
    tone, icon = LOOKS[state]
    answerer_id = getattr(comment, "answerer_id", None)
    whom = _answerer(question, comment.opportunity, answerer_id)
    by = question.settled_by.name if question.settled_by else ""
    words = {
        QuestionState.OPEN: _("Asks %(whom)s"),
        QuestionState.ANSWERED: _("Answered by %(by)s"),
        QuestionState.ELSEWHERE: _("Answered elsewhere"),
        QuestionState.WITHDRAWN: _("Withdrawn"),
    }[state]
    return Asked(
        words=words % {"whom": whom, "by": by},
        tone=tone,
        icon=icon,
        may_close=getattr(comment, "may_close", False),
    )
