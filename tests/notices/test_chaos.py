"""Work while everything around it dies: workers, the broker, the database.

Real beats and workers, a real mail server and real web servers, all of its own. It
kills a worker in the middle of its deliveries again and again, and of imports, of which
one is always under way. At the end nothing was lost, nothing that must come once came
twice, what nobody can know is `unknown`, and each import has every row once.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from pipeline.imports.models import ImportRow, ImportRun, ImportState, RowAction
from pipeline.opportunities.models import Opportunity
from rhythm.notices import chat
from rhythm.notices.models import (
    ChannelKind,
    DeliveryAttempt,
    DeliveryClass,
    Notice,
    NoticeState,
)
from tests import sinks
from tests.notices.chaos import (
    ALWAYS_WAITING,
    AT_AN_IMPORT,
    BAD,
    BROKER_GONE,
    FLUSHES,
    IMPORT_DEATHS,
    KILLS,
    LEASE_SECONDS,
    PATIENCE,
    RESTARTS,
    ROWS,
    Ground,
    asked,
    ground,
)

__all__ = ["ground"]

pytestmark = pytest.mark.servers


def waiting() -> int:
    under_way = (NoticeState.QUEUED, NoticeState.SENDING)
    return Notice.objects.filter(state__in=under_way).count()


def standing() -> list[Any]:
    """Return what still waits, for whoever wonders why."""
    under_way = (NoticeState.QUEUED, NoticeState.SENDING)
    left = Notice.objects.filter(state__in=under_way)
    told = ("key", "state", "attempts", "error", "retry_at", "channel__paused_until")
    return [timezone.now(), left.count(), *left.values_list(*told)[:12]]


def make_chaos(ground: Ground) -> None:
    """Return after KILLS kills, with everything else going wrong in between."""
    until = time.monotonic() + PATIENCE
    done = 0
    while done < KILLS or not ground.killed[AT_AN_IMPORT]:
        assert time.monotonic() < until, ground.killed
        ground.start_the_broker(now=time.monotonic())
        while asked(waiting) < ALWAYS_WAITING:
            asked(ground.post)
        asked(ground.import_next)
        is_importing = asked(ground.import_on)
        if is_importing and ground.killed[AT_AN_IMPORT] * IMPORT_DEATHS <= done:
            ground.kill_for_the_import()
        elif done >= KILLS or not ground.kill():
            time.sleep(0.005)
            continue
        done += 1
        if done in FLUSHES:
            ground.empty_the_broker()
        if done in BROKER_GONE:
            ground.stop_the_broker()
        if done in RESTARTS:
            ground.restart_the_database()
        # The others deliver some, so that each death is one of many deliveries.
        time.sleep(ground.pick.uniform(0.1, 0.4))
    ground.start_the_broker(now=until)


def end_imports(ground: Ground) -> None:
    """Return once the last import is through."""
    until = time.monotonic() + PATIENCE
    while asked(lambda: ImportRun.objects.exclude(state=ImportState.DONE).exists()):
        assert time.monotonic() < until, asked(ground.imports[-1].refresh_from_db)
        asked(ground.import_on)
        time.sleep(0.1)


def check_imports(ground: Ground) -> None:
    """Each row that was read is in the database once, or refused with its reason."""
    bad = ROWS // BAD
    for number, run in enumerate(ImportRun.objects.order_by("pk")):
        deals = Opportunity.objects.filter(external_id__startswith=f"{number}-")
        ids = deals.values_list("external_id", flat=True)
        assert len(ids) == len(set(ids)) == ROWS - bad
        refused = ImportRow.objects.filter(file__run=run, action=RowAction.REFUSE)
        assert refused.count() == bad
        assert all(refused.values_list("reasons", flat=True))
        assert run.rows_done == ROWS


def test_work_survives_the_death_of_everything(ground, capsys):
    make_chaos(ground)
    end_imports(ground)
    until = time.monotonic() + PATIENCE
    while asked(waiting):
        assert time.monotonic() < until, asked(standing)
        time.sleep(0.2)
    # Who is through may still write so.
    time.sleep(LEASE_SECONDS)

    notices = list(Notice.objects.select_related("channel"))
    programs, slacks = events(ground.program), titles(ground.slack)
    assert len(notices) == 4 * ground.posted
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for notice in notices:
        is_certain = notice.delivery_class == DeliveryClass.AT_LEAST_ONCE
        if notice.channel is None:
            came = ground.postman.came[notice.message_id]
        elif notice.channel.kind == ChannelKind.JSON:
            came = programs[chat.event_id(notice)]
        else:
            came = slacks[notice.subject]
        name = notice.key.split(":")[0] + (f" {notice.channel or ''}")
        told[name][f"{notice.state}, came {came}"] += 1
        if is_certain:
            assert notice.state == NoticeState.SENT, (notice.key, notice.error)
            assert came >= 1, notice.key
        else:
            assert notice.state in (NoticeState.SENT, NoticeState.UNKNOWN), notice.key
            assert came <= 1, f"{notice.key} came {came} times"
            assert came or notice.state == NoticeState.UNKNOWN, notice.key

    # Nothing came that was not posted, under whatever id.
    ids = {each.message_id for each in notices}
    assert set(ground.postman.came) <= ids
    assert not Notice.objects.filter(claimed_until__lt=Now()).exists()
    assert not DeliveryAttempt.objects.filter(ended_at=None).exists()
    check_imports(ground)
    with capsys.disabled():
        print(
            f"\n{len(notices)} notices, {len(ground.imports)} imports, "
            f"kills {dict(ground.killed)}, "
            f"broker emptied {ground.flushed} times"
        )
        for name, counts in sorted(told.items()):
            print(f"  {name}: {dict(counts)}")


def events(server: sinks.Sink) -> Counter[str]:
    """Return how often each event came; always with the same body."""
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for each in server.requests:
        bodies[each.json["id"]].add(each.body)
    assert all(len(found) == 1 for found in bodies.values())
    return Counter(each.json["id"] for each in server.requests)


def titles(server: sinks.Sink) -> Counter[str]:
    return Counter(each.json["text"] for each in server.requests)
