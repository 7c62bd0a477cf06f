"""Max asked something about Rita's deal; Rita said something."""

from typing import Any

from pipeline.comments.models import Comment
from tests.access import World, row
from tests.factories.comments import CommentFactory, QuestionFactory
from tests.factories.opportunities import OpportunityFactory


def ritas_deal(world: World) -> list[Any]:
    return [OpportunityFactory(owner=world.rita).pk]


def said(world: World) -> list[Any]:
    """Return what Rita said about her deal."""
    deal = OpportunityFactory(owner=world.rita)
    return [CommentFactory(opportunity=deal, author=world.rita).pk]


def asked(world: World) -> list[Any]:
    """Return what Max asked about Rita's deal."""
    deal = OpportunityFactory(owner=world.rita)
    asks = {"comment__opportunity": deal, "comment__author": world.max}
    return [QuestionFactory(**asks).comment_id]


def words(world: World) -> dict[str, Any]:
    comment = Comment.objects.order_by("pk").last()
    return {"text": "They moved it.", "version": comment.version if comment else 1}


def how(world: World) -> dict[str, Any]:
    return {"how": "withdrawn"}


ROWS = [
    row("comments:question_list", everybody=200),
    row("comments:thread", args=ritas_deal, everybody=200, peer=404),
    row("comments:comment_list", args=ritas_deal, everybody=302, peer=404),
    row("comments:mention_options", args=ritas_deal, everybody=200, peer=404),
    row("comments:comment_create", args=ritas_deal, everybody=200, peer=404),
    row(
        "comments:comment_create",
        "post",
        args=ritas_deal,
        data=words,
        everybody=302,
        peer=404,
    ),
    row("comments:comment_detail", args=said, everybody=200, peer=404),
    row("comments:comment_detail", args=asked, everybody=200, peer=404),
    row("comments:reply_create", args=asked, everybody=200, peer=404),
    row(
        "comments:reply_create",
        "post",
        args=asked,
        data=words,
        everybody=302,
        peer=404,
    ),
    row("comments:comment_edit", args=said, everybody=403, owner=200, peer=404),
    row(
        "comments:comment_edit",
        "post",
        args=said,
        data=words,
        everybody=403,
        owner=302,
        peer=404,
    ),
    row(
        "comments:comment_remove",
        "post",
        args=said,
        everybody=403,
        owner=302,
        peer=404,
        admin=302,
    ),
    row(
        "comments:put_back",
        "post",
        args=said,
        everybody=403,
        owner=302,
        peer=404,
        admin=302,
    ),
    row(
        "comments:close",
        "post",
        args=asked,
        data=how,
        everybody=403,
        executive=302,
        peer=404,
    ),
    row(
        "comments:reopen",
        "post",
        args=asked,
        everybody=403,
        executive=302,
        peer=404,
    ),
]
