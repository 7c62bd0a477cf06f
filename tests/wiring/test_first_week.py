"""The first week of an organisation, by the real worker and beat, and a fast clock.

Time is passed in by the ticks: an hour with each. Nobody's clock is patched.
"""

from __future__ import annotations

import email
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.controller import Controller

from pipeline.reviews import services as reviews
from pipeline.reviews.models import Decision, Review, ReviewItem
from pipeline.runner import services as runner
from rhythm.calendar import services as meetings
from rhythm.calendar.models import (
    Meeting,
    MeetingKind,
    MeetingState,
    WorkingCalendar,
)
from rhythm.calendar.rhythms import RHYTHMS
from rhythm.calendar.services.rhythms import start_rhythm
from rhythm.host import commands
from rhythm.host.folders import Folders
from rhythm.host.valkey import Valkey
from rhythm.notices.models import Notice, NoticeState
from rhythm.ticks.models import Tick
from scorecards.discipline.selectors.kept import Tally, kept
from tests import processes
from tests.factories.opportunities import OpportunityFactory

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

# Monday to Friday in Berlin, from midnight: planning takes seconds, which are hours.
BEGINS = datetime(2027, 11, 21, 23, 0, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=5)
MONDAY, TUESDAY = date(2027, 11, 22), date(2027, 11, 23)
PATIENCE = 420


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
def company(sales, central, west, lena, omar, rita, otto, vera, ada) -> None:
    """Start the weekly rhythm for all of sales, on the Monday morning."""
    WorkingCalendar.objects.create(team=None, region="DE")
    start_rhythm(
        RHYTHMS["weekly-b2b"],
        team=sales,
        first_monday=MONDAY,
        time_zone="",
        by=ada,
        submission_key=uuid4(),
    )
    for owner in (rita, otto):
        OpportunityFactory(owner=owner, close_on=MONDAY - timedelta(days=9))


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
    return BEGINS + timedelta(days=day, hours=hour)


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


def hold(kind: MeetingKind, subject: str, moment: datetime) -> None:
    """Hold a meeting in its room, from its first block to the recap."""
    found = meeting(kind, subject)
    run = runner.begin(found, by=found.runner, now=moment)
    for block in run.blocks.order_by("position")[1:]:
        run = runner.go_to(block, by=found.runner, now=moment)
    runner.finish(run, by=found.runner, now=moment + timedelta(minutes=25))


def prepare(rep) -> None:
    """Write what changed in the own deals of the team's review."""
    review = Review.objects.get(meeting__team__name="Central", meeting__key_on=TUESDAY)
    for item in review.items.filter(opportunity__owner=rep):
        texts = {
            "prep_changed": "They ask for a date",
            "prep_next": "",
            "prep_help": "",
        }
        said = {item.pk: reviews.Prepared(texts, None)}
        reviews.write_preparation(review, said, by=rep, now=now())


def live_through_the_week(lena, rita) -> None:
    """Do what people do: Lena holds hers, Omar is late or skips, Vera does nothing."""
    hold(MeetingKind.TEAM_MEETING, "Central", wait_until(at(0, 9)))
    wait_until(at(1, 8))
    # By itself: the agendas, a day before.
    assert Review.objects.count() == 3
    prepare(rita)
    hold_review(lena)
    hold(MeetingKind.ONE_ON_ONE, "Rita Reyes", wait_until(at(2, 14)))
    skipped = meeting(MeetingKind.WIN_LOSS_REVIEW, "West")
    meetings.skip(skipped, "Trade fair in Hanover", shown_version=None)
    # Omar's review was missed on Tuesday; he holds it late.
    late = meeting(MeetingKind.PIPELINE_REVIEW, "West")
    hold(MeetingKind.WIN_LOSS_REVIEW, "Central", wait_until(at(3, 11)))
    late.refresh_from_db()
    assert late.state == MeetingState.MISSED
    meetings.record_outside(late, at(2, 9), notes="", now=now(), shown_version=None)
    wait_until(ENDS)


def test_a_week_is_called_prepared_reminded_held_or_missed_and_reported(
    company, running, sink, lena, omar, vera, rita, otto
):
    live_through_the_week(lena, rita)

    ended = Meeting.objects.filter(starts_at__lt=ENDS)
    states = {
        (each.kind, each.subject): each.state
        for each in ended.select_related("team", "person")
    }
    held, missed = MeetingState.HELD, MeetingState.MISSED
    team, review = MeetingKind.TEAM_MEETING, MeetingKind.PIPELINE_REVIEW
    alone, closed = MeetingKind.ONE_ON_ONE, MeetingKind.WIN_LOSS_REVIEW
    assert states == {
        (team, "Central"): held,
        (team, "West"): missed,
        (team, "Sales"): missed,
        (review, "Central"): held,
        (review, "West"): held,
        (review, "Sales"): missed,
        (alone, "Rita Reyes"): held,
        (alone, "Otto Olsen"): missed,
        (alone, "Lena Lang"): missed,
        (alone, "Omar Odeh"): missed,
        (closed, "Central"): held,
        (closed, "West"): MeetingState.SKIPPED,
        (closed, "Sales"): missed,
        (MeetingKind.FORECAST_CALL, "Sales"): missed,
    }
    assert ended.count() == len(states)

    assert ReviewItem.objects.get(prep_changed="They ask for a date").decision

    leaders = {each.name: each.whole for each in kept(vera, now=ENDS).leaders}
    assert leaders == {
        "Vera Voss": Tally(missed=6),
        "Lena Lang": Tally(held=4),
        "Omar Odeh": Tally(late=1, outside=1, missed=2, skipped=1),
    }

    # Nothing waits that should be out, and nothing went out twice.
    assert not Notice.objects.filter(
        state__in=(NoticeState.FAILED, NoticeState.UNKNOWN)
    ).exists()
    sent = Counter((to, mail["Message-ID"]) for to, mail in sink.mails)
    assert set(sent.values()) == {1}
    told = Counter(Notice.objects.values_list("kind", "recipient__name"))
    # Of three meetings of her team and her 1:1.
    assert told["meetings.reminder", "Rita Reyes"] == 4
    # What a round would report: two hours before are two seconds here, so not each of
    # them is in time, and what is not does not go out.
    assert sum(told["meetings.preread", each.name] for each in (lena, omar, rita)) > 2
    # Her deal is on the agenda of her team's review, and of the one above.
    assert told["meetings.prepare", "Rita Reyes"] >= 1
    assert told["meetings.recap", "Rita Reyes"] == 3
    assert told["reviews.minutes", "Rita Reyes"] == 1
    # On Friday afternoon each leader is told of the week.
    assert told["discipline.week", "Vera Voss"] == 1
    assert told["discipline.week", "Rita Reyes"] == 0
    # What nobody began: three with Omar, of which he held one late.
    assert told["meetings.missed", "Omar Odeh"] == 3
    assert {to for to, _mail in sink.mails} >= {"rita@example.com", "lena@example.com"}
