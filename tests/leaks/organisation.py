"""A company whose records belong to people in different places.

    Sales (Vera) ─┬─ Central (Lena): Rita, Pia, Mia who came from East, Dora who left
                  ├─ West (Omar): Otto
                  └─ East (Eva)
    Max is an executive, Ada the admin.

Everybody's place is written down here a second time, in plain Python: what the
database and `visible_to` make of it is what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from pipeline.accounts.models import AccountPlan, PlanNote
from pipeline.activities.models import ActivityKind
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Stage
from pipeline.reviews.models import Correction, PrivateNote
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.commitments.models import DateRequest
from rhythm.people.models import Team, User
from scorecards.strategy.models import Priorities
from tests.access import World
from tests.factories.accounts import (
    AccountReviewFactory,
    AccountReviewItemFactory,
    FieldCellFactory,
    PlanAreaFactory,
    PlanFactory,
    PlanOutcomeFactory,
    PlanPersonFactory,
    PlanRiskFactory,
)
from tests.factories.activities import ActivityFactory, ActivityKindFactory
from tests.factories.comments import CommentFactory, QuestionFactory
from tests.factories.meetings import (
    CommitmentFactory,
    MeetingFactory,
    NoticeFactory,
    ReviewFactory,
    ReviewItemFactory,
)
from tests.factories.opportunities import (
    CustomerOutcomeFactory,
    MilestoneRecordFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)
from tests.factories.people import (
    LONG_AGO,
    MembershipFactory,
    OrganisationFactory,
    TeamFactory,
    UserFactory,
)
from tests.factories.process import MilestoneFactory, ProcessFactory, StageFactory

LED_BY = {"sales": "vera", "central": "lena", "west": "omar", "east": "eva"}
PARENT = {"central": "sales", "west": "sales", "east": "sales"}
TEAM_OF = {
    "lena": "sales",
    "omar": "sales",
    "eva": "sales",
    "rita": "central",
    "pia": "central",
    "mia": "central",
    "dora": "central",
    "otto": "west",
}
SEE_ALL = {"max", "ada"}
# Whose records there are, and which people and team the tables of tests/access/ are to
# take for Rita, Lena and Central, so that their objects belong to somebody else.
RELATIONS = {
    "rita": ("rita", "lena", "central"),
    "otto": ("otto", "omar", "west"),
    "mia": ("mia", "lena", "central"),
    "dora": ("dora", "lena", "central"),
    "lena": ("lena", "vera", "sales"),
}
ANONYMOUS = "anonymous"
PERSONAS = (
    ANONYMOUS,
    "rita",
    "pia",
    "otto",
    "lena",
    "vera",
    "omar",
    "eva",
    "max",
    "ada",
    "dora",
)


def teams_above(team: str | None) -> Iterator[str]:
    """Yield the team and those above it."""
    while team is not None:
        yield team
        team = PARENT.get(team)


def teams_of(person: str) -> Iterator[str | None]:
    """Yield the person's team and those above it."""
    yield from teams_above(TEAM_OF.get(person))


def leaders(person: str) -> set[str]:
    """Return who leads the person, directly or from above."""
    return {LED_BY[team] for team in teams_of(person) if team} - {person}


def watchers(person: str) -> set[str]:
    """Return who may see the person's work."""
    return leaders(person) | SEE_ALL | ({person} - {"dora"})


@dataclass
class Company:
    """Its people and teams by their short names."""

    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def key(self, pk: int | None) -> str:
        """Return the short name of a person; "somebody" for others and for nobody."""
        found = [key for key, person in self.people.items() if person.pk == pk]
        return found[0] if found else "somebody"

    def team_key(self, pk: int | None) -> str | None:
        return next((key for key, team in self.teams.items() if team.pk == pk), None)

    def cast(self, relation: str = "rita") -> World:
        """Return the cast of tests/access/, in which another plays Rita."""
        people, teams = self.people, self.teams
        world = World(
            OrganisationFactory(),
            teams["sales"],
            teams["central"],
            teams["west"],
            people["rita"],
            people["lena"],
            people["otto"],
            people["omar"],
            people["vera"],
            people["max"],
            people["ada"],
            people["dora"],
        )
        owner, lead, team = RELATIONS[relation]
        return replace(
            world, rita=people[owner], lena=people[lead], central=teams[team]
        )


def company() -> Company:
    """Make the people and teams, and records of each owner."""
    OrganisationFactory()
    made = Company()
    leading = {"vera", "lena", "omar", "eva"}
    for key in {*TEAM_OF, *leading, *SEE_ALL}:
        made.people[key] = UserFactory(
            name=f"{key.title()} Person",
            email=f"{key}@example.com",
            is_rep=key not in leading | SEE_ALL,
            is_active=key != "dora",
            is_executive=key == "max",
            is_admin=key == "ada",
        )
    for key in ("sales", "central", "west", "east"):
        made.teams[key] = TeamFactory(
            name=key.title(),
            manager=made.people[LED_BY[key]],
            parent=made.teams.get(PARENT.get(key, "")),
        )
    yesterday = timezone.now().date() - timedelta(days=1)
    for key, team in TEAM_OF.items():
        since = yesterday if key == "mia" else LONG_AGO
        MembershipFactory(user=made.people[key], team=made.teams[team], since=since)
    MembershipFactory(user=made.people["mia"], team=made.teams["east"], until=yesterday)
    # With names that the tables of tests/access/ do not look for.
    process = ProcessFactory(name="House")
    stages = [
        StageFactory(process=process, name="Discover", position=1),
        StageFactory(process=process, name="Gained", position=2, kind="won"),
    ]
    kind = ActivityKindFactory()
    for key, led in made.teams.items():
        Priorities.objects.create(
            team=led, set_by=made.people[LED_BY[key]], set_at=timezone.now()
        )
    for relation in RELATIONS:
        records(made, relation, stages, kind)
    return made


@contextmanager
def kept_company(blocker: Any) -> Iterator[Company]:
    """Yield a company that stays until the block ends, whatever tests undo meanwhile.

    `blocker` is pytest-django's: fixtures of a module may otherwise ask no database.
    """
    with blocker.unblock(), transaction.atomic():
        yield company()
        transaction.set_rollback(True)
    connection.close()


def records(
    made: Company, relation: str, stages: list[Stage], kind: ActivityKind
) -> None:
    """Make one of each record that belongs to the owner of the relation."""
    cast = made.cast(relation)
    owner, lead = cast.rita, cast.lena
    begin, gained = stages
    deal = a_deal(owner, begin, kind)
    OpportunityFactory(
        owner=owner,
        stage=gained,
        outcome="won",
        closed_on=date(2026, 1, 1),
        close_reason="They know us",
    )
    for promiser, receiver in ((owner, lead), (lead, owner)):
        promise = CommitmentFactory(
            promiser=promiser, receiver=receiver, about="A deal"
        )
        asked = {"asked_at": timezone.now(), "reason": "Ill"}
        due = promise.due_on + timedelta(days=2)
        DateRequest.objects.create(commitment=promise, new_due_on=due, **asked)
        deal.commitments.add(promise)
    NoticeFactory(recipient=owner, key=f"minutes:{relation}", address="a@example.com")
    for state in (MeetingState.RUNNING, MeetingState.HELD):
        a_review(cast, deal, state)
    plan = a_plan(deal)
    for state in (MeetingState.RUNNING, MeetingState.HELD):
        an_account_review(cast, plan, state)


def a_deal(owner: User, stage: Stage, kind: ActivityKind) -> Opportunity:
    deal: Opportunity = OpportunityFactory(
        owner=owner, stage=stage, description="Said", move_reason="Skipped"
    )
    ActivityFactory(opportunity=deal, kind=kind, outcome="They agree")
    talk(deal)
    OpportunityContactFactory(opportunity=deal, role="Buyer")
    CustomerOutcomeFactory(opportunity=deal)
    MilestoneRecordFactory(
        opportunity=deal,
        milestone=MilestoneFactory(stage=deal.stage),
        recorded_by=owner,
        answer="Yes",
    )
    return deal


def a_plan(deal: Opportunity) -> AccountPlan:
    """Make a plan for the deal's account, with one of each part."""
    plan: AccountPlan = PlanFactory(owner=deal.owner, account=deal.account)
    PlanPersonFactory(plan=plan, known_by=deal.owner, note="Hates delays")
    PlanOutcomeFactory(plan=plan)
    PlanRiskFactory(plan=plan, closed_on=date(2026, 1, 1), ending="They stayed")
    FieldCellFactory(plan=plan, area=PlanAreaFactory(plan=plan))
    FieldCellFactory(plan=plan, state="deal", opportunity=deal)
    plan.commitments.add(CommitmentFactory(promiser=deal.owner, receiver=deal.owner))
    return plan


def an_account_review(cast: World, plan: AccountPlan, state: MeetingState) -> None:
    """Make an account review of the team, with the plan on it."""
    now = timezone.now()
    times = {"started_at": now}
    if state == MeetingState.HELD:
        times["ended_at"] = now + timedelta(minutes=30)
    meeting = MeetingFactory(
        kind="account_review",
        team=cast.central,
        chair=cast.lena,
        state=state,
        **times,
    )
    decided = {"decision": "on_track", "decided_by": cast.lena, "decided_at": now}
    item = AccountReviewItemFactory(
        review=AccountReviewFactory(meeting=meeting),
        plan=plan,
        note="Said aloud",
        decision_text="Because",
        **(decided if state == MeetingState.HELD else {}),
    )
    for author in (cast.lena, cast.rita):
        PlanNote.objects.create(item=item, author=author, text="Thought")


def talk(deal: Opportunity) -> None:
    """Let the owner be asked, reply, and take something back."""
    asked = QuestionFactory(comment__opportunity=deal, comment__author=deal.owner)
    now = timezone.now()
    for more in ({}, {"removed_at": now, "removed_by": deal.owner}):
        CommentFactory(
            opportunity=deal, parent=asked.comment, author=deal.owner, **more
        )


def a_review(cast: World, deal: Opportunity, state: MeetingState) -> None:
    """Make a review of the team with the deal on it, and everybody's notes about it."""
    now = timezone.now()
    times = {"started_at": now}
    if state == MeetingState.HELD:
        times["ended_at"] = now + timedelta(minutes=30)
    meeting: Meeting = MeetingFactory(
        team=cast.central, chair=cast.lena, state=state, **times
    )
    decided = {"decision": "keep", "decided_by": cast.lena, "decided_at": now}
    item = ReviewItemFactory(
        review=ReviewFactory(meeting=meeting),
        opportunity=deal,
        note="Said aloud",
        decision_text="Because",
        **(decided if state == MeetingState.HELD else {}),
    )
    for author in (cast.lena, cast.rita):
        PrivateNote.objects.create(item=item, author=author, text="Thought")
    if state == MeetingState.HELD:
        before = {
            "decision": "keep",
            "decision_text": "",
            "skip_reason": "",
            "note": "",
        }
        Correction.objects.create(
            item=item, by=cast.lena, at=now, before=before, reason="Misheard"
        )


def add_to(made: Company, relation: str, deals: Any, items: Any) -> None:
    """Give more to the deals and items that a row has made: people talk about them."""
    cast = made.cast(relation)
    for deal in deals:
        ActivityFactory(opportunity=deal, outcome="They agree")
        CustomerOutcomeFactory(opportunity=deal)
        talk(deal)
        deal.commitments.add(CommitmentFactory(promiser=cast.rita, receiver=cast.lena))
    for item in items:
        for author in (cast.lena, cast.rita, cast.max, cast.ada):
            PrivateNote.objects.get_or_create(
                item=item, author=author, defaults={"text": "Thought"}
            )
