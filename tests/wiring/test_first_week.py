"""The first week of an organisation, by the real worker and beat, and a fast clock.

Time is passed in by the ticks: an hour with each. Nobody's clock is patched.
"""

from __future__ import annotations

import email
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from pipeline.reviews import services as reviews
from pipeline.reviews.models import Decision, Review
from rhythm.calendar import services as meetings
from rhythm.calendar.models import (
    Meeting,
    MeetingKind,
    MeetingState,
    Reach,
    Scope,
    WorkingCalendar,
)
from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices.models import Notice, NoticeState
from rhythm.ticks.models import Tick
from scorecards.discipline.selectors.kept import Tally, kept
from tests import processes
from tests.factories.meetings import CadenceFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

# Monday, six o'clock in Berlin, to Saturday.
BEGINS = datetime(2027, 11, 22, 5, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=5)
PATIENCE = 420
DAY = 24 * 60


class Sink:
    """A mail server that keeps what comes."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        found = email.message_from_bytes(envelope.content, policy=default)
        self.mails.append((envelope.rcpt_tos[0], found))
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[Sink]:
    handler, port = Sink(), processes.free_port()
    handler.port = port
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler
    server.stop()


@pytest.fixture
def running(tmp_path: Path, sink: Sink, monkeypatch) -> Iterator[None]:
    """Run a worker and beat, whose clock goes on an hour with each tick."""
    folders = Folders(tmp_path)
    folders.make()
    broker = Valkey(folders)
    broker.start()
    environment = processes.environment(
        REDIS_URL=broker.url,
        EMAIL_URL=f"smtp://127.0.0.1:{sink.port}",
        RHYTHM_SIMULATED_CLOCK=f"{BEGINS.isoformat()} 3600",
        RHYTHM_TICK_SECONDS="1",
    )
    with ExitStack() as stack:
        for part in (commands.WORKER, commands.BEAT):
            log = tmp_path / f"{part.name}.log"
            stack.enter_context(
                processes.supervised(part, environment, log, monkeypatch)
            )
        yield
    broker.stop()


@pytest.fixture
def company(sales, central, west, lena, omar, rita, otto, vera) -> None:
    """Set up a weekly rhythm for all teams, on the Monday morning."""
    WorkingCalendar.objects.create(team=None, region="DE")
    shared = {
        "team": None,
        "reach": Reach.BELOW,
        "first_on": BEGINS.date(),
        "time_zone": "",
        "remind_minutes": [DAY],
    }
    CadenceFactory(**shared, rule="FREQ=WEEKLY;BYDAY=TU", prepare_hours=20)
    CadenceFactory(
        **shared,
        kind=MeetingKind.ONE_ON_ONE,
        scope=Scope.EACH_REP,
        rule="FREQ=WEEKLY;BYDAY=WE",
        at=wall(14),
        minutes=30,
    )
    CadenceFactory(
        **shared,
        kind=MeetingKind.HUDDLE,
        rule="FREQ=WEEKLY;BYDAY=FR",
        minutes=15,
    )
    for owner in (rita, otto):
        OpportunityFactory(owner=owner, close_on=BEGINS.date() - timedelta(days=9))


def now() -> datetime:
    """Return what time it is for whatever happens by the clock."""
    last = Tick.objects.values_list("at", flat=True).first()
    return last or BEGINS - timedelta(hours=1)


def wait_until(moment: datetime) -> datetime:
    patience = time.monotonic() + PATIENCE
    while now() < moment:
        assert time.monotonic() < patience, f"It is still {now()}"
        time.sleep(0.1)
    return now()


def at(day: int, hour: int) -> datetime:
    """Return an hour of the week in Berlin, 0 being Monday."""
    return BEGINS + timedelta(days=day, hours=hour - 6)


def meeting(kind: MeetingKind, subject: str) -> Meeting:
    found = Meeting.objects.filter(kind=kind, starts_at__lt=ENDS)
    team, person = found.filter(team__name=subject), found.filter(person__name=subject)
    return (team | person).get()


def hold_review(chair) -> None:
    """Hold the review whose agenda is there: decide about each deal, and finish."""
    review = Review.objects.get(meeting__chair=chair, meeting__starts_at__lt=ENDS)
    moment = wait_until(at(1, 9))
    review = reviews.begin(review, by=chair, now=moment)
    for item in review.items.all():
        reviews.decide(item, Decision.KEEP, by=chair, now=moment)
    reviews.finish(review, by=chair, now=moment + timedelta(minutes=40))


def test_a_week_is_called_prepared_reminded_held_or_missed_and_reported(
    company, running, sink, lena, omar, vera, rita, otto
):
    wait_until(at(1, 8))
    # By itself: the agendas, 20 hours before.
    assert Review.objects.count() == 3
    hold_review(lena)
    one_on_one = meeting(MeetingKind.ONE_ON_ONE, "Rita Reyes")
    moment = wait_until(at(2, 14))
    meetings.start(one_on_one, now=moment)
    meetings.hold(one_on_one, now=moment + timedelta(minutes=30))
    skipped = meeting(MeetingKind.HUDDLE, "West")
    meetings.skip(skipped, "Trade fair in Hanover", shown_version=None)
    # Omar's review was missed on Tuesday; he holds it late.
    late = meeting(MeetingKind.PIPELINE_REVIEW, "West")
    wait_until(at(3, 9))
    late.refresh_from_db()
    assert late.state == MeetingState.MISSED
    meetings.record_outside(late, at(2, 9), notes="", now=now(), shown_version=None)
    wait_until(ENDS)

    ended = Meeting.objects.filter(starts_at__lt=ENDS)
    states = {
        (each.kind, each.subject): each.state
        for each in ended.select_related("team", "person")
    }
    held, missed = MeetingState.HELD, MeetingState.MISSED
    review, huddle = MeetingKind.PIPELINE_REVIEW, MeetingKind.HUDDLE
    assert states == {
        (review, "Central"): held,
        (review, "West"): held,
        (review, "Sales"): missed,
        (MeetingKind.ONE_ON_ONE, "Rita Reyes"): held,
        (MeetingKind.ONE_ON_ONE, "Otto Olsen"): missed,
        (MeetingKind.ONE_ON_ONE, "Lena Lang"): missed,
        (MeetingKind.ONE_ON_ONE, "Omar Odeh"): missed,
        (huddle, "Central"): missed,
        (huddle, "West"): MeetingState.SKIPPED,
        (huddle, "Sales"): missed,
    }
    assert ended.count() == len(states)

    leaders = {each.name: each.whole for each in kept(vera, now=ENDS).leaders}
    assert leaders == {
        "Vera Voss": Tally(missed=4),
        "Lena Lang": Tally(held=2, missed=1),
        "Omar Odeh": Tally(late=1, outside=1, missed=1, skipped=1),
    }

    # Nothing waits that should be out, and nothing went out twice.
    assert not Notice.objects.filter(
        state__in=(NoticeState.FAILED, NoticeState.UNKNOWN)
    ).exists()
    sent = Counter((to, mail["Message-ID"]) for to, mail in sink.mails)
    assert set(sent.values()) == {1}
    told = Counter(Notice.objects.values_list("kind", "recipient__name"))
    # Of her team's review, her 1:1 and the huddle.
    assert told["meetings.reminder", "Rita Reyes"] == 3
    # On Friday afternoon each leader is told of the week.
    assert told["discipline.week", "Vera Voss"] == 1
    assert told["discipline.week", "Rita Reyes"] == 0
    # What nobody began: two with Omar, of which he held one late.
    assert told["meetings.missed", "Omar Odeh"] == 2
    assert {to for to, _mail in sink.mails} >= {"rita@example.com", "lena@example.com"}
