"""Health: what runs, what does not, and what to do; and the banner of a dead clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from pipeline.imports.models import ImportRun, ImportState
from pipeline.movement.models import SummarisedDay
from rhythm.notices.kinds import CHANNEL_TEST
from rhythm.notices.models import Channel
from rhythm.people.models.audit import AuditKind
from rhythm.people.services import audit
from rhythm.ticks.broker import Queue
from rhythm.ticks.models import Tick
from scorecards.homes.selectors import figures
from scorecards.homes.selectors.checks import BAD, OK, WARN, Check
from scorecards.homes.selectors.figures import Database, Disk
from scorecards.homes.selectors.health import _queue, health
from scorecards.homes.selectors.installation import _backup, _database, _disk
from scorecards.homes.selectors.setup import _mail
from tests.factories.channels import ChannelFactory
from tests.factories.meetings import NoticeFactory
from tests.factories.people import UserFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db

URL = "/setup/health/"
OUTBOX = "/notices/deliveries/"
GIGA = 1024**3
MORNING = datetime(2026, 11, 23, 9, 12, tzinfo=UTC)


@pytest.fixture
def now():
    return timezone.now()


def ticked(seconds: float, failed: tuple[str, ...] = ()) -> None:
    """Let the clock have ticked so many seconds ago."""
    at = timezone.now() - timedelta(seconds=seconds)
    TickFactory(at=at, started_at=at, finished_at=at, failed=list(failed))


def looked(viewer, key: str) -> Check:
    """Return the check of that name, as it is now."""
    found = health(viewer, timezone.now())
    return next(each for each in (*found.work, *found.ground) if each.key == key)


def test_a_clock_that_ticks_is_fine(ada):
    ticked(seconds=12)

    found = looked(ada, "clock")
    assert (found.state, found.advice) == (OK, "")
    assert "Last tick 1" in found.text


def test_a_silent_clock_is_broken_and_says_what_to_do(ada):
    ticked(seconds=100)

    found = looked(ada, "clock")
    assert found.state == BAD
    assert found.text.startswith("Silent since ")
    assert "Start the worker" in found.advice


def test_a_clock_that_never_ticked_is_broken(ada):
    assert looked(ada, "clock").text == "It has never ticked."


def test_what_failed_in_the_last_tick_is_named_in_words(ada):
    ticked(seconds=60)
    ticked(seconds=5, failed=("rhythm.notices.tasks.tick", "coaching.notes.tasks.tick"))

    found = looked(ada, "ticks")
    assert found.state == BAD
    assert found.text == "Failed the last time: mail, notes"


def test_what_failed_and_works_again_is_a_warning(ada):
    ticked(seconds=60, failed=("pipeline.imports.tasks.tick",))
    ticked(seconds=5)

    found = looked(ada, "ticks")
    assert found.state == WARN
    assert found.text == "Failed lately, and works again: imports"


def test_mail_is_late_when_it_was_due_for_five_minutes(ada, now):
    NoticeFactory(due_at=now - timedelta(minutes=1))
    NoticeFactory(due_at=now + timedelta(hours=1))
    assert looked(ada, "due").text == "1 waits to go out"
    assert looked(ada, "due").state == OK

    NoticeFactory(due_at=now - timedelta(minutes=6))

    found = looked(ada, "due")
    assert (found.text, found.state) == ("2 wait to go out · 1 of them late", WARN)
    assert found.url == OUTBOX + "?state=queued&channel=mail"


def test_what_is_due_goes_by_the_clocks_own_time(ada, now):
    """As in a simulated week, which is not today's."""
    monday = now - timedelta(days=300)
    TickFactory(at=monday, finished_at=now)
    NoticeFactory(due_at=monday - timedelta(minutes=10))
    NoticeFactory(due_at=monday + timedelta(days=1))

    assert looked(ada, "due").text == "1 waits to go out · 1 of them late"


def test_mail_that_failed_leads_to_it(ada):
    for state in ("failed", "unknown", "unknown", "held"):
        NoticeFactory(state=state)

    found = looked(ada, "mail")
    assert found.text == "1 failed · 2 unknown · 1 held"
    assert (found.state, found.url) == (BAD, OUTBOX + "?state=failed&channel=mail")


def test_mail_of_which_nobody_knows_leads_to_it(ada, settings):
    settings.HAS_MAIL_SERVER = True
    assert looked(ada, "mail").text == "Nothing"

    NoticeFactory(state="unknown")

    found = looked(ada, "mail")
    assert (found.state, found.url) == (WARN, OUTBOX + "?state=unknown&channel=mail")


def to_channel(channel: Channel, **values: object) -> None:
    NoticeFactory(recipient=None, address="", channel=channel, **values)


def test_a_chat_channel_that_is_late_is_called_by_its_name_and_not_mail(ada, now):
    north = ChannelFactory(name="#north")
    to_channel(north, due_at=now - timedelta(minutes=6))
    to_channel(ChannelFactory(name="#south"), due_at=now)

    found = looked(ada, f"channel-{north.pk}")
    assert found.title == "Chat channel #north"
    assert (found.text, found.state) == ("1 waits to go out · 1 of them late", WARN)
    assert found.url == f"{OUTBOX}?state=queued&channel={north.pk}"
    assert looked(ada, "due").text == "0 wait to go out"
    assert "#south" not in str(health(ada, now).work)


def test_what_failed_in_a_chat_channel_is_found_there_and_not_with_the_mail(
    ada, as_user, settings
):
    settings.HAS_MAIL_SERVER = True
    north = ChannelFactory(name="#north")
    to_channel(north, state="failed", subject="Said in the north")
    NoticeFactory(state="failed", subject="Sent to a person")

    found = looked(ada, f"channel-{north.pk}")
    assert (found.text, found.state) == ("1 failed", BAD)
    browser = as_user(ada)
    assert "Said in the north" in browser.get(found.url).text
    assert "Sent to a person" not in browser.get(found.url).text
    of_mail = browser.get(looked(ada, "mail").url).text
    assert "Sent to a person" in of_mail
    assert "Said in the north" not in of_mail


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_a_test_that_did_not_get_there_is_no_trouble_of_the_installation(
    ada, now, settings, state
):
    settings.HAS_MAIL_SERVER = True
    north = ChannelFactory(name="#north")
    to_channel(north, state=state, kind=CHANNEL_TEST, subject="Is it reached?")

    assert "#north" not in str(health(ada, now).work)
    assert _mail().kind == "ok"
    # A test that is held since a restore waits for a decision, as all that is.
    to_channel(north, state="held", kind=CHANNEL_TEST)
    assert looked(ada, f"channel-{north.pk}").text == "1 held"


def test_many_channels_in_trouble_are_counted_beyond_the_first(ada, now):
    for number in range(7):
        to_channel(ChannelFactory(name=f"#team-{number}"), state="failed")

    named = [each.title for each in health(ada, now).work if "#team" in each.title]
    assert len(named) == 5
    assert looked(ada, "channels").text == "2 more are late or failed"


def test_an_import_that_lost_its_worker_is_a_warning(ada, now):
    running = ImportState.RUNNING
    gone = now - timedelta(minutes=1)
    ImportRun.objects.create(created_by=ada, state=running, claimed_until=gone)
    ImportRun.objects.create(created_by=ada, state=ImportState.CHECK_QUEUED)

    found = looked(ada, "imports")
    assert "waiting to be checked · 1 waits · 1 lost its worker" in found.text
    assert found.state == WARN


def test_a_failed_import_leads_to_it(ada):
    run = ImportRun.objects.create(created_by=ada, state=ImportState.FAILED)

    found = looked(ada, "imports")
    assert (found.state, found.url) == (WARN, f"/imports/{run.pk}/")


def test_summaries_that_wait_are_counted(ada, now):
    for day, is_stale in ((4, False), (5, True), (6, True)):
        SummarisedDay.objects.create(
            day=date(2026, 5, day), is_stale=is_stale, planned_at=now
        )

    found = looked(ada, "nights")
    assert found.text == "Made until 4 May 2026 · 2 days wait"
    assert found.state == WARN


def test_a_broker_that_is_gone_is_told_within_a_moment(ada, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    found = looked(ada, "queue")
    assert (found.text, found.state) == ("It does not answer", BAD)


def test_a_queue_that_grows_is_a_warning():
    assert _queue(Queue(3, 1)).text == "3 in the queue, 1 being worked on"
    assert _queue(Queue(3, 1)).state == OK
    assert _queue(Queue(5_000, 2)).state == WARN


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [(60, 1000, OK), (4, 100, WARN), (4, 20, OK), (0.2, 100, BAD)],
)
def test_a_disk_is_low_by_share_and_by_size(free, total, state):
    assert _disk(Disk(int(free * GIGA), total * GIGA)).state == state


def test_connections_that_run_out_are_a_warning():
    assert _database(Database(10**9, 12, 100, None)).state == OK
    assert _database(Database(10**9, 85, 100, None)).state == WARN


@pytest.mark.parametrize(
    ("hours", "state", "text"),
    [(5, OK, "Last one"), (60, WARN, "Last one"), (None, WARN, "None by")],
)
def test_a_backup_is_to_be_younger_than_two_days(hours, state, text):
    at = None if hours is None else MORNING - timedelta(hours=hours)

    found = _backup(Database(1, 1, 100, at), MORNING)

    assert (found.state, found.text[: len(text)]) == (state, text)


def test_the_backup_that_was_taken_is_found(ada):
    audit.record(AuditKind.BACKUP_TAKEN, by=None)

    assert looked(ada, "backup").state == OK


def test_the_version_is_that_of_the_product(ada):
    assert looked(ada, "version").text.startswith(figures.version())


def test_the_page_costs_the_same_however_much_there_is(ada, as_user, count_queries):
    browser = as_user(ada)
    few = count_queries(lambda: browser.get(URL))
    for _ in range(11):
        NoticeFactory(state="failed")
        ticked(seconds=10)
        ImportRun.objects.create(created_by=ada, state=ImportState.DONE)

    assert count_queries(lambda: browser.get(URL)) == few


def test_it_is_looked_at_again_by_itself(ada, as_user):
    part = as_user(ada).get(URL, headers={"HX-Request": "true"}).text

    assert part.strip().startswith("<div")
    assert 'hx-trigger="every 30s"' in part
    assert "<html" not in part


def test_an_admin_is_told_on_every_page_that_the_clock_is_silent(ada, as_user):
    browser = as_user(ada)
    ticked(seconds=20)
    assert "clock is silent" not in browser.get("/people/").text

    Tick.objects.update(finished_at=timezone.now() - timedelta(minutes=3))
    page = browser.get("/people/").text
    assert "The clock is silent since " in page
    assert f'href="{URL}"' in page


def test_others_are_not_told_and_it_costs_them_nothing(
    rita, ada, as_user, count_queries
):
    page = as_user(rita).get("/week/").text
    assert "clock" not in page.lower().split("</head>")[1].split("<main")[0]

    browser = as_user(rita)
    before = count_queries(lambda: browser.get("/commitments/"))
    ticked(seconds=1)
    assert count_queries(lambda: browser.get("/commitments/")) == before


def test_who_sells_and_is_an_admin_too_is_told(organisation, as_user):
    both = UserFactory(email="both@example.com", is_admin=True)

    assert "The clock has never ticked." in as_user(both).get("/week/").text
