"""The bench organisation: 500 people, and two years of deals, calls and reviews.

Made by the database itself, from a fixed seed, so that it is there in a minute and is
the same each time. `grow` adds to what is there, so that two sizes can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from pipeline.activities.models import Activity
from pipeline.activities.services import create_starter_kinds
from pipeline.opportunities.models import (
    Account,
    Contact,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
)
from pipeline.process import services as process_services
from pipeline.process.models import Milestone, Process, Stage
from pipeline.reviews.models import Review, ReviewItem
from rhythm.calendar.models import Meeting
from rhythm.commitments.models import Commitment
from rhythm.people.models import Membership, Organisation, Team, User
from tests.tools.bench.fill import fill, one, run

REGIONS, TEAMS, REPS = 5, 45, 447
DAYS = 730
# Activities for each deal, and which share of the deals is open.
ACTIVITIES, OPEN_SHARE = 10, 0.1
REVIEWS = 26


@dataclass(frozen=True)
class Cast:
    """Whose pages are measured."""

    rep: User
    manager: User
    leader: User
    executive: User
    admin: User


@transaction.atomic
def people() -> None:
    """Make the organisation, its teams and people, and its process."""
    Organisation.objects.update_or_create(pk=1, defaults={"name": "Bench"})
    process_services.create_starter()
    create_starter_kinds()
    User.objects.create(name="Eva Exec", email="exec@x.example", is_executive=True)
    User.objects.create(name="Adam Admin", email="admin@x.example", is_admin=True)
    top = User.objects.create(name="Vic Top", email="top@x.example")
    sales = Team.objects.create(name="Sales", manager=top)
    heads = _people("Head", REGIONS, sales)
    regions = [
        Team.objects.create(name=f"Region {n}", parent=sales, manager=head)
        for n, head in enumerate(heads)
    ]
    teams = []
    for number in range(TEAMS):
        region = regions[number % REGIONS]
        [manager] = _people(f"Manager {number:02}", 1, region)
        name = f"Team {number:02}"
        teams.append(Team.objects.create(name=name, parent=region, manager=manager))
    for number, team in enumerate(teams):
        each = REPS // TEAMS + (number < REPS % TEAMS)
        _people(f"Rep {number:02}", each, team)


def cast() -> Cast:
    """Return people who are the same, and have something to do, at any size."""
    first = Opportunity.objects.get(source="bench", external_id="bench-10")
    manager = Team.objects.get(memberships__user=first.owner).manager
    assert manager is not None
    get = User.objects.get
    return Cast(
        rep=first.owner,
        manager=manager,
        leader=get(email="top@x.example"),
        executive=get(email="exec@x.example"),
        admin=get(email="admin@x.example"),
    )


def grow(size: int) -> None:
    """Bring the number of deals to `size`, with all that hangs on them."""
    first = one(f"SELECT count(*) + 1 FROM {_table(Opportunity)}")
    run("SELECT setseed(0.42)")
    with transaction.atomic():
        _places()
        _accounts(first, size)
        _deals(first, size)
        run("ANALYZE deal")
        _around(first)
        _history()
        _activities(first, size)
        _reviews()


def settle() -> None:
    """Have the server know what is there, as autovacuum would by tomorrow."""
    run("VACUUM ANALYZE")


def _places() -> None:
    """Make temporary tables of who may own a deal, and of the open stages."""
    run("DROP TABLE IF EXISTS rep, place, deal")
    run(
        "CREATE TEMPORARY TABLE rep AS SELECT u.id, m.team_id, t.manager_id, "
        "(row_number() OVER (ORDER BY u.id) - 1)::int AS n "
        f"FROM {_table(User)} u JOIN {_table(Membership)} m ON m.user_id = u.id "
        f"JOIN {_table(Team)} t ON t.id = m.team_id WHERE u.name LIKE 'Rep %'"
    )
    run(
        "CREATE TEMPORARY TABLE place AS SELECT id, process_id, kind, position, "
        "(row_number() OVER (PARTITION BY kind = 'open' ORDER BY position) - 1)::int "
        f"AS n FROM {_table(Stage)} "
        f"WHERE process_id = (SELECT id FROM {_table(Process)} WHERE is_default)"
    )


def _accounts(first: int, size: int) -> None:
    fill(
        Account,
        f"generate_series({first // 4 + 1}, {size // 4}) n",
        name="'Account ' || n",
        industry="(ARRAY['Food', 'Rail', 'Health', 'Energy'])[1 + n % 4]",
        location="(ARRAY['Bremen', 'Leeds', 'Porto', 'Lyon'])[1 + n % 4]",
    )
    fill(
        Contact,
        f"generate_series(1, 2) k, {_table(Account)} a "
        f"WHERE NOT EXISTS (SELECT FROM {_table(Contact)} c WHERE c.account_id = a.id)",
        name="'Contact ' || a.id || '-' || k",
        title="'Head of things'",
        account_id="a.id",
    )


def _deals(first: int, size: int) -> None:
    """Every tenth is open, at a stage between the ends; the others have ended."""
    stages = Stage.objects.filter(kind="open", process__is_default=True).count()
    run(
        f"""
        CREATE TEMPORARY TABLE deal AS
        SELECT s.n, r.id AS owner_id, r.manager_id,
            (SELECT min(id) FROM {_table(Account)}) + s.n % {size // 4} AS account_id,
            s.n % 10 = 0 AS is_open,
            (ARRAY['won', 'lost', 'lost', 'walked_away'])[1 + (s.n / 7) % 4] AS outcome,
            (s.n / 10) % {stages} AS step,
            current_date - (random() * {DAYS})::int AS day,
            (random() * 200000)::numeric(14, 2) AS amount,
            (random() * 90)::int - 15 AS ahead, (random() * 60)::int AS waits
        FROM generate_series({first}, {size}) s (n)
        JOIN rep r ON r.n = (s.n / 10 + s.n) % {REPS}
        """
    )
    is_open, closed = "d.is_open", "d.day + (current_date - d.day) / 2"
    fill(
        Opportunity,
        "deal d JOIN place p ON CASE WHEN d.is_open "
        "THEN p.kind = 'open' AND p.n = d.step ELSE p.kind = d.outcome END "
        "JOIN place e ON e.kind = 'open' AND e.n = d.step ORDER BY d.n",
        name="'Deal ' || d.n || ', phase ' || d.n % 5",
        external_id="'bench-' || d.n",
        source="'bench'",
        account_id="d.account_id",
        owner_id="d.owner_id",
        process_id="p.process_id",
        stage_id="p.id",
        stage_since=f"CASE WHEN {is_open} THEN now() - d.waits * interval '1 day' "
        f"ELSE ({closed})::timestamptz END",
        amount="CASE WHEN d.n % 13 = 0 THEN NULL ELSE d.amount END",
        close_on=f"CASE WHEN {is_open} THEN current_date + d.ahead ELSE {closed} END",
        next_step="'Call the plant manager about the survey'",
        next_step_on=f"CASE WHEN {is_open} AND d.n % 3 > 0 "
        "THEN current_date + d.ahead / 4 END",
        outcome=f"CASE WHEN {is_open} THEN '' ELSE d.outcome END",
        closed_on=f"CASE WHEN {is_open} THEN NULL ELSE {closed} END",
        closed_from_id=f"CASE WHEN {is_open} THEN NULL ELSE e.id END",
        opened_on="d.day",
        created_at="d.day::timestamptz",
        last_activity_at=f"CASE WHEN {is_open} THEN now() - d.waits / 2 * interval "
        "'1 day' END",
    )
    run("ALTER TABLE deal ADD id bigint")
    run(
        f"UPDATE deal SET id = o.id FROM {_table(Opportunity)} o "
        "WHERE o.source = 'bench' AND o.external_id = 'bench-' || deal.n"
    )


def _around(first: int) -> None:
    """Give open deals their milestones, people and commitments."""
    fill(
        MilestoneRecord,
        f"deal d JOIN place p ON p.kind = 'open' AND p.n <= d.step "
        f"JOIN {_table(Milestone)} m ON m.stage_id = p.id "
        "WHERE d.is_open AND (d.n + m.id) % 4 > 0",
        opportunity_id="d.id",
        milestone_id="m.id",
        is_met="true",
        evidence="'Minutes of the meeting'",
        done_on="current_date - d.waits",
        recorded_by_id="d.owner_id",
        recorded_at="now() - d.waits * interval '1 day'",
    )
    fill(
        OpportunityContact,
        f"deal d JOIN {_table(Contact)} c ON c.account_id = d.account_id "
        "WHERE d.is_open",
        opportunity_id="d.id",
        contact_id="c.id",
        role="'Champion'",
    )
    before = one(f"SELECT coalesce(max(id), 0) FROM {_table(Commitment)}")
    fill(
        Commitment,
        "deal d, generate_series(0, 1) k WHERE d.is_open",
        what="'Get the survey dated, ' || d.n",
        promiser_id="d.owner_id",
        receiver_id="d.manager_id",
        due_on="current_date + d.ahead / 3",
        first_due_on="current_date + d.ahead / 3",
        state="CASE WHEN k = 1 THEN 'kept' ELSE 'open' END",
        kept_on="CASE WHEN k = 1 THEN current_date - d.waits END",
        about="d.id::text",
        about_url="'/pipeline/' || d.id || '/'",
    )
    through = Opportunity.commitments.through._meta.db_table
    run(
        f"INSERT INTO {through} (opportunity_id, commitment_id) "
        f"SELECT about::bigint, id FROM {_table(Commitment)} WHERE id > {before}"
    )


def _history() -> None:
    """Write three earlier states of every deal: through the stages, and slipping."""
    event = Opportunity.events.rel.related_model  # type: ignore[attr-defined]
    kept = {each.column for each in Opportunity._meta.concrete_fields}
    values = {
        each.column: f"o.{each.column}"
        for each in event._meta.concrete_fields
        if each.column in kept
    }
    moment = (
        "least(d.day::timestamptz + k * interval '20 days', "
        "now() - (4 - k) * interval '1 minute')"
    )
    values |= {
        "stage_id": "s.id",
        "outcome": "''",
        "closed_on": "NULL",
        "closed_from_id": "NULL",
        "close_on": "o.close_on - (4 - k) * 15",
        "amount": "o.amount * (6 + k) / 10",
    }
    fill(
        event,
        f"generate_series(1, 3) k, deal d JOIN {_table(Opportunity)} o ON o.id = d.id "
        "JOIN place s ON s.kind = 'open' WHERE s.n = least(k - 1, d.step)",
        **values,
        pgh_created_at=moment,
        pgh_label="'change'",
        pgh_obj_id="o.id",
        pgh_context="jsonb_build_object('user', d.owner_id)",
    )


def _activities(first: int, size: int) -> None:
    """Write what was done on each deal, over its life."""
    kinds = "(SELECT array_agg(id ORDER BY id) AS ids FROM activities_activitykind) k"
    fill(
        Activity,
        f"deal d, generate_series(1, {ACTIVITIES}) a, {kinds}",
        kind_id="k.ids[1 + (d.n + a) % cardinality(k.ids)]",
        owner_id="d.owner_id",
        opportunity_id="d.id",
        account_id="d.account_id",
        happened_at="now() - (d.waits / 2.0 + (current_date - d.day) * (a - 1) "
        f"/ {ACTIVITIES}.0) * interval '1 day'",
        outcome="'They bring the maintenance lead to the survey'",
        minutes="15 * (1 + a % 4)",
        created_at="now() - interval '10 days'",
    )


def _reviews() -> None:
    """Write half a year of weekly reviews of every team, once."""
    if Review.objects.exists():
        return
    weeks = f"generate_series(1, {REVIEWS}) w"
    ago = "now() - w * interval '7 days'"
    fill(
        Meeting,
        f"{_table(Team)} t, {weeks} WHERE t.name LIKE 'Team %'",
        kind="'pipeline_review'",
        state="'held'",
        team_id="t.id",
        chair_id="t.manager_id",
        starts_at=ago,
        planned_minutes="45",
        started_at=ago,
        ended_at=f"{ago} + interval '45 minutes'",
    )
    fill(Review, f"{_table(Meeting)} m", meeting_id="m.id", elapsed_seconds="2700")
    fill(
        ReviewItem,
        f"{_table(Review)} r JOIN {_table(Meeting)} m ON m.id = r.meeting_id "
        "CROSS JOIN LATERAL (SELECT d.id, (row_number() OVER (ORDER BY d.n))::int AS p "
        "FROM deal d WHERE d.is_open AND d.manager_id = m.chair_id LIMIT 10) d",
        review_id="r.id",
        opportunity_id="d.id",
        position="d.p",
        compare_since="m.starts_at - interval '7 days'",
        decision="'keep'",
        decided_by_id="m.chair_id",
        decided_at="m.ended_at",
        asked="'{}'",
    )


def _people(name: str, number: int, team: Team) -> list[User]:
    made = User.objects.bulk_create(
        User(
            name=f"{name}-{n}" if number > 1 else name,
            email=f"{name}-{n}@x.example".lower().replace(" ", "-"),
            password="!",
        )
        for n in range(number)
    )
    day = timezone.now().date().replace(year=2020, month=1, day=1)
    Membership.objects.bulk_create(
        Membership(user=each, team=team, since=day) for each in made
    )
    return made


def _table(model: type) -> str:
    return str(model._meta.db_table)  # type: ignore[attr-defined]
