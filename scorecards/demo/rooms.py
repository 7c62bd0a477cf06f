"""Meetings that are run in a room: one that was held, the next, a huddle in writing."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pipeline.opportunities.models import Opportunity
from pipeline.runner import services
from pipeline.runner.models import Run
from rhythm.calendar.models import BlockKind, Cadence, Meeting, MeetingKind
from rhythm.calendar.selectors.people import people_of
from rhythm.calendar.services import make_meeting
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from scorecards.demo.days import Days
from scorecards.demo.organisation import Company

TITLE = "Case hour"
NOTES = {
    BlockKind.DIFFICULT_CASE: (
        "Nobody of us has met the person who signs above the limit of the plant.\n"
        "Rita asks her champion for the name, and brings the calculation in his words."
    ),
    BlockKind.ROLE_PLAY: "Played the call with purchasing twice. Silence helps.",
    BlockKind.BEST_PRACTICE: "Two visits to the night shift opened two doors.",
    BlockKind.BARRIERS: "No crane for the survey yet. Lena asks the North.",
}
PROMISED = (
    "Ask the champion who signs above the limit of the plant",
    "Visit the night shift and count the stops",
    "Send the reference and fix the date of the visit",
)
VOTES = (
    (9, "A real case, and an answer that I use tomorrow"),
    (8, ""),
    (7, "Ten minutes less would do"),
    (9, "The role play"),
)
ANSWERS = (
    ("Three calls with plant managers, one date", "The visit on Thursday", ""),
    ("Sent two offers", "Talk to purchasing before Friday", "No word on the discount"),
    ("Counted the stops at night", "Write the savings sheet", ""),
    ("Met the roll-out owner", "Agree what the pilot has to show", ""),
)


def furnish(company: Company, days: Days) -> None:
    """Have Lena's team held one meeting, prepared the next, and begun a huddle."""
    lena = company.people["lena"]
    _held(company, lena, days)
    ahead = next(each for each in range(1, 4) if days.on(each).weekday() < 5)
    run = services.prepare(_meeting(company, lena, days.at(ahead, time(14)), days))
    _choose(run, lena)
    _huddle(company, lena, days)


def _meeting(company: Company, lena: User, starts: datetime, days: Days) -> Meeting:
    return make_meeting(
        kind=MeetingKind.TEAM_MEETING,
        subject=company.teams["Central"],
        chair=lena,
        starts_at=starts,
        minutes=45,
        title=TITLE,
        time_zone=days.zone.key,
    )


def _choose(run: Run, lena: User) -> None:
    """Make the largest open deal of Rita's the case."""
    deals = Opportunity.objects.open().visible_to(lena)
    ritas = deals.filter(owner__name__startswith="Rita").order_by("-amount", "pk")
    block = run.blocks.get(kind=BlockKind.DIFFICULT_CASE)
    services.choose_case(block, ritas.first(), by=lena)


def _held(company: Company, lena: User, days: Days) -> None:
    starts = days.ago(days.workday(7), 13, 30)
    run = services.begin(_meeting(company, lena, starts, days), by=lena, now=starts)
    _choose(run, lena)
    people = [e for e in people_of([run.meeting])[run.meeting_id] if e != lena]
    at = starts
    for block in run.blocks.order_by("position"):
        services.go_to(block, by=lena, now=at)
        if note := NOTES.get(BlockKind(block.kind)):
            services.write_note(block, note, by=lena, shown_version=None)
        at += timedelta(minutes=block.minutes - 1)
    for person, what in zip(people, PROMISED, strict=False):
        due = days.on(3)
        services.promise(run, what, promiser=person, due_on=due, by=lena, now=starts)
    Commitment.objects.filter(made_in=run.meeting_id).update(created_at=at)
    services.finish(run, by=lena, now=at)
    for person, (score, line) in zip(people, VOTES, strict=False):
        services.vote(run, score, line, by=person, now=at)


def _huddle(company: Company, lena: User, days: Days) -> None:
    friday = next(each for each in range(1, 9) if days.on(each).weekday() == 4)
    starts = days.at(friday, time(9))
    cadence = Cadence.objects.create(
        kind=MeetingKind.HUDDLE,
        team=company.teams["Central"],
        is_async=True,
        rule="FREQ=WEEKLY;BYDAY=FR",
        first_on=days.on(friday),
        at=time(9),
        minutes=10,
        # Open from now on, whenever the demo is made.
        prepare_hours=200,
        created_by=lena,
    )
    meeting = Meeting.objects.create(
        kind=MeetingKind.HUDDLE,
        team=cadence.team,
        chair=lena,
        cadence=cadence,
        key_on=days.on(friday),
        called_for=starts,
        starts_at=starts,
        time_zone=days.zone.key,
        planned_minutes=10,
    )
    run = services.ask(meeting, now=days.now)
    people = [e for e in people_of([meeting])[meeting.pk] if e.name[:4] != "Rita"]
    for person, (did, will, barrier) in zip(people, ANSWERS, strict=False):
        said = {"did": did, "will": will, "barrier": barrier}
        services.answer(run, said, by=person, now=days.now, shown_version=None)
