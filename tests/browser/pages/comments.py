"""Comments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from pipeline.comments import services as comments
from pipeline.comments.models import Comment
from pipeline.comments.services.writing import Words
from tests.browser.cases import PageCase
from tests.factories.opportunities import (
    OpportunityFactory,
)


def a_talk(get: Callable[[str], Any]) -> list[Any]:
    """Return Rita's deal: Max asked twice and was answered once, Lena was called."""
    rita, lena, max_ = get("rita"), get("lena"), get("max_")
    deal, now = OpportunityFactory(owner=rita), timezone.now()

    def say(by: Any, text: str, **more: Any) -> Any:
        return comments.comment(deal, Words(text), by=by, now=now, **more)

    answered = say(max_, "Why did the date move? See https://example.com", asks=True)
    words = Words("The board meets later.\n\n@Lena Lang knows more.")
    comments.reply(answered, words, by=rita, now=now, answers=True)
    gone = say(lena, "Wrong deal")
    comments.remove(gone, by=lena, now=now)
    say(rita, "W" * 300)
    say(max_, "@Lena: is the discount right?", asks=True)
    say(max_, "Who signs there?", asks=True)
    return [deal.pk]


def a_question(get: Callable[[str], Any]) -> list[Any]:
    """Return what Max asks Rita about her deal."""
    [deal] = a_talk(get)
    asked = Comment.objects.filter(opportunity=deal, text="Who signs there?")
    return [asked.get().pk]


PAGES = [
    PageCase("comments:thread", "rita", a_talk),
    PageCase("comments:thread", "max_", a_talk),
    PageCase("comments:comment_detail", "rita", a_question),
    PageCase("comments:comment_create", "max_", a_talk),
    PageCase("comments:reply_create", "rita", a_question),
    PageCase("comments:comment_edit", "max_", a_question),
    PageCase("comments:question_list", "rita", lambda get: a_question(get) and []),
    PageCase("comments:question_list", "max_", lambda get: [], "?view=waiting"),
]
