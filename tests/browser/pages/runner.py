"""Rooms of meetings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from pipeline.runner import services
from pipeline.runner.models import Run
from rhythm.calendar.models import BlockKind, MeetingKind, MeetingState
from tests.browser.cases import PageCase
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory


def _run(get: Any, kind: str = MeetingKind.TEAM_MEETING) -> Run:
    """Return the run of a meeting that begins now; the one before was held."""
    now, central, lena = timezone.now(), get("central"), get("lena")
    shared = {"kind": kind, "team": central, "chair": lena}
    then = now - timedelta(days=7)
    times = {"starts_at": then, "started_at": then, "ended_at": then}
    before = MeetingFactory(state=MeetingState.HELD, **times, **shared)
    for due in (-2, 0, 3):
        CommitmentFactory(
            promiser=get("rita"),
            receiver=lena,
            made_in=before,
            due_on=now.date() + timedelta(days=due),
        )
    meeting = MeetingFactory(starts_at=now, planned_minutes=45, **shared)
    return services.prepare(meeting)


def _begun(get: Any, kind: BlockKind | None = None, minutes: int = 6) -> Run:
    """Return it begun so many minutes ago, at the block of that kind."""
    lena, ago = get("lena"), timezone.now() - timedelta(minutes=minutes)
    run = services.begin(_run(get).meeting, by=lena, now=ago)
    case = run.blocks.get(kind=BlockKind.DIFFICULT_CASE)
    deal = OpportunityFactory(
        owner=get("rita"),
        account__name="Brennecke Logistics",
        description="They lose a shift a week.",
    )
    services.choose_case(case, deal, by=lena)
    services.write_note(case, "Ask who signs", by=lena, shown_version=1)
    services.promise(
        run,
        "Call the plant manager",
        promiser=get("rita"),
        due_on=lena.today(timezone.now()) + timedelta(days=2),
        by=lena,
        now=ago,
    )
    if kind:
        block = run.blocks.get(kind=kind)
        services.go_to(block, by=lena, now=ago + timedelta(minutes=1))
    return run


def planned(get: Any) -> list[Any]:
    return [_run(get).meeting_id]


def first(get: Any) -> list[Any]:
    return [_begun(get).meeting_id]


def at_case(get: Any) -> list[Any]:
    return [_begun(get, BlockKind.DIFFICULT_CASE, minutes=20).meeting_id]


def case(get: Any) -> list[Any]:
    run = _begun(get)
    return [run.meeting_id, run.blocks.get(kind=BlockKind.DIFFICULT_CASE).pk]


def huddle(get: Any) -> list[Any]:
    """Return a huddle in which Rita has written something."""
    run = _run(get, MeetingKind.HUDDLE)
    said = {"did": "Called the plant", "will": "Visit it", "barrier": "No crane"}
    rita, now = get("rita"), timezone.now()
    services.answer(run, said, by=rita, now=now, shown_version=0)
    return [run.meeting_id]


def in_turn(get: Any) -> list[Any]:
    """Return a huddle that runs, at the block in which everybody speaks."""
    (pk,) = huddle(get)
    run, lena, now = Run.objects.get(meeting=pk), get("lena"), timezone.now()
    services.begin(run.meeting, by=lena, now=now)
    services.go_to(run.blocks.get(kind=BlockKind.ROUND), by=lena, now=now)
    return [pk]


def held(get: Any) -> list[Any]:
    run, lena = _begun(get, BlockKind.DIFFICULT_CASE), get("lena")
    services.finish(run, by=lena, now=timezone.now())
    services.vote(run, 8, "A real case", by=lena, now=timezone.now())
    return [run.meeting_id]


def renewing(get: Any) -> list[Any]:
    run = _begun(get)
    made = run.meeting.commitments.get()
    return [run.meeting_id, made.pk, "renew"]


PAGES = [
    PageCase("runner:room", "lena", planned),
    PageCase("runner:room", "rita", planned),
    PageCase("runner:room", "lena", first),
    PageCase("runner:room", "lena", at_case),
    PageCase("runner:room", "lena", at_case, "?tab=queue"),
    PageCase("runner:room", "lena", at_case, "?tab=coach"),
    PageCase("runner:room", "rita", at_case),
    PageCase("runner:room", "vera", first),
    PageCase("runner:promise", "lena", renewing),
    PageCase("runner:block_add", "lena", planned),
    PageCase("runner:block_edit", "lena", case),
    PageCase("runner:block_case", "lena", case),
    PageCase("runner:room_hand_over", "lena", first),
    PageCase("runner:room_abandon", "lena", first),
    PageCase("runner:room_finish", "lena", first),
    PageCase("runner:minutes", "lena", held),
    PageCase("runner:minutes", "rita", held),
    PageCase("runner:vote", "rita", held),
    PageCase("runner:answer", "rita", huddle),
    PageCase("runner:answer", "lena", huddle),
    PageCase("runner:room", "lena", in_turn),
    PageCase("runner:room", "rita", in_turn),
]
