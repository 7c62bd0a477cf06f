from datetime import UTC, datetime

from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import Draft, post
from tests.access import World, row

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def ritas_mail(world: World) -> list[int]:
    post([Draft("test", "test:1", world.rita, "Hello", "Hello Rita.")], now=NOW)
    Notice.objects.update(state=NoticeState.KEPT)
    return [Notice.objects.get(key="test:1").pk]


ROWS = [
    row("notices:notice_list", admins=200),
    row("notices:notice_detail", args=ritas_mail, admins=200),
    # There is no mail server in the tests.
    row("notices:notice_resend", "post", args=ritas_mail, admins=422),
    row("notices:held_release", "post", admins=302),
    row("notices:held_drop", "post", admins=302),
    row("notices:test_mail", "post", admins=302),
]
