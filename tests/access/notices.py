from datetime import UTC, datetime

from rhythm.notices.kinds import KINDS
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import Draft, post
from rhythm.notices.unsubscribing import token_of
from tests.access import World, row
from tests.factories.meetings import NoticeFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ritas_mail(world: World) -> list[int]:
    post([Draft("test", "test:1", world.rita, "Hello", "Hello Rita.")], now=NOW)
    Notice.objects.update(state=NoticeState.KEPT)
    return [Notice.objects.get(key="test:1").pk]


def ritas_notice(world: World) -> list[int]:
    return [NoticeFactory(recipient=world.rita, url="/").pk]


def ritas_way_out(world: World) -> list[str]:
    return [token_of(world.rita.pk, KINDS[0])]


# Nobody has another's inbox, whoever leads whom.
OWN = {"owner": 200, "admin": 404}
MOVED = {"owner": 302, "admin": 404}
NOT_THEIRS = {"lead": 404, "peer": 404, "above": 404, "executive": 404}

ROWS = [
    row("notices:preferences", everybody=200),
    row("notices:preferences", "post", everybody=422),
    row("notices:unsubscribe", args=ritas_way_out, public=200),
    row("notices:unsubscribe", "post", args=ritas_way_out, public=200),
    row("notices:inbox", everybody=200),
    row("notices:inbox_read", "post", everybody=302),
    row("notices:inbox_item", args=ritas_notice, **OWN, **NOT_THEIRS),
    row("notices:inbox_open", "post", args=ritas_notice, **MOVED, **NOT_THEIRS),
    row("notices:inbox_done", "post", args=ritas_notice, **MOVED, **NOT_THEIRS),
    row("notices:inbox_reopen", "post", args=ritas_notice, **MOVED, **NOT_THEIRS),
    row(
        "notices:inbox_snooze",
        "post",
        args=ritas_notice,
        data={"until": "tomorrow"},
        **MOVED,
        **NOT_THEIRS,
    ),
    row("notices:notice_list", admins=200),
    row("notices:notice_detail", args=ritas_mail, admins=200),
    # There is no mail server in the tests.
    row("notices:notice_resend", "post", args=ritas_mail, admins=422),
    row("notices:held_release", "post", admins=302),
    row("notices:held_drop", "post", admins=302),
    row("notices:test_mail", "post", admins=302),
]
