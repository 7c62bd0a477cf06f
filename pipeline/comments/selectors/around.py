"""The open questions of a deal, for statements about deals in other apps."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject, Left

from pipeline.comments.models import Question
from rhythm.people.models import User

# So many letters of a question stand where it is only mentioned.
LETTERS = 240


def open_questions_of(deal: str, viewer: User, most: int) -> ArraySubquery:
    """Return the open questions about a deal that `viewer` sees: pk, asker, text.

    deal names the deal's id in the statement around it. pk is the comment's.
    """
    found = Question.objects.visible_to(viewer).open()
    found = found.filter(comment__opportunity=OuterRef(deal)).order_by("pk")
    values = JSONObject(
        pk=F("comment_id"),
        asker=F("comment__author__name"),
        text=Left("comment__text", LETTERS),
    )
    return ArraySubquery(found.values(json=values)[:most])
