"""The draft of a process becomes its next version, and deals come along."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pipeline.opportunities import flags
from pipeline.opportunities.models import MilestoneRecord, Opportunity
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.missing import requirements_until
from pipeline.opportunities.selectors.process_impact import draft_impact
from pipeline.opportunities.services import publishing
from pipeline.opportunities.services.stages import GateClosed, move
from pipeline.process import services
from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft
from pipeline.process.gates import missing
from pipeline.process.models import (
    Draft,
    ForPresent,
    Importance,
    Milestone,
    Process,
    ProcessVersion,
    Stage,
)
from pipeline.process.selectors import stages_of, working
from rhythm.notices.models import Notice
from rhythm.people.models import User
from rhythm.people.models.audit import AuditEntry, AuditKind
from rhythm.web.versions import Conflict
from tests.factories.opportunities import OpportunityFactory
from tests.factories.process import MilestoneFactory, a_process, drafted

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
APPROVAL = MilestoneDraft(title="Security approval")


@pytest.fixture
def process() -> Process:
    return a_process()


@pytest.fixture
def propose(process: Process) -> Stage:
    return process.stages.get(name="Propose")


@pytest.fixture
def discover(process: Process) -> Stage:
    return process.stages.get(name="Discover")


@pytest.fixture
def deal(propose: Stage, rita: User) -> Opportunity:
    before = NOW - timedelta(days=40)
    return OpportunityFactory(stage=propose, owner=rita, created_at=before)


def edit(stage: Stage | int, by: User, *, answers: Any = None, **values: Any) -> None:
    pk = stage if isinstance(stage, int) else stage.pk
    process = Process.objects.get()
    edited = replace(drafted(pk), **values)
    services.draft_stage(process, edited, answers=answers or {}, by=by, now=NOW)


def ask(stage: Stage, by: User, *milestones: MilestoneDraft) -> None:
    """Add milestones to a stage, in the draft."""
    edit(stage, by, milestones=(*drafted(stage).milestones, *milestones))


def publish(by: User, chosen: str = "now", days: int = 14, **more: Any):
    terms = publishing.terms(chosen, days, by=by, now=NOW)
    process = Process.objects.get()
    return publishing.publish(
        process, terms=terms, by=by, now=NOW, **{"note": "", **more}
    )


def lacks(deal: Opportunity, now: datetime) -> list[str]:
    to = deal.process.stages.get(kind="won")
    asked = requirements_until(deal, to, now=now)
    return [each.title for each in missing(asked)]


# -- what publishing does ------------------------------------------------------------


def test_a_draft_becomes_the_process_whole(
    process: Process, propose: Stage, discover: Stage, ada: User
) -> None:
    old = MilestoneFactory(stage=propose, title="Budget", position=1)
    pilot = services.draft_new_stage(process, name="Pilot", by=ada, now=NOW)
    edit(pilot, ada, milestones=(MilestoneDraft(title="Pilot agreed"),))
    edit(
        propose,
        ada,
        name="Offer",
        milestones=(APPROVAL, replace(drafted(propose).milestones[0], title="Money")),
    )
    ids = [each.id for each in working(process).plan.opened()]
    services.draft_order(process, ids[::-1], by=ada, now=NOW)
    planned = working(process).plan.stages

    version = publish(ada)

    assert stages_of(process) == tuple(planned)
    assert [each.name for each in process.stages.open()] == [
        *("Pilot", "Negotiate", "Offer", "Discover")
    ]
    assert Stage.objects.get(name="Pilot").pk == pilot
    old.refresh_from_db()
    assert (old.title, old.position) == ("Money", 2)
    assert not Draft.objects.exists()
    assert (version.number, version.published_by) == (2, ada)
    assert [each["name"] for each in version.content["stages"]][:2] == [
        "Pilot",
        "Negotiate",
    ]


def test_it_is_said_in_words_and_in_the_audit_log(propose: Stage, ada: User) -> None:
    MilestoneFactory(stage=propose, title="Budget", importance="expected")
    [budget] = drafted(propose).milestones
    required = replace(budget, importance="required")
    edit(propose, ada, name="Offer", stuck_days=10, milestones=(required, APPROVAL))
    version = publish(ada)
    assert version.changes == [
        "Propose is now called Offer.",
        "Offer: stuck after, days from 21 to 10.",
        "Offer: “Budget” is required, it was expected.",
        "Offer: new milestone “Security approval”, required.",
    ]
    entry = AuditEntry.objects.get(kind=AuditKind.PROCESS_PUBLISHED)
    assert (entry.by, entry.subject) == (ada, "New business")
    assert entry.text.startswith("Version 2: Propose is now called Offer.")


def test_two_stages_change_names(propose: Stage, discover: Stage, ada: User) -> None:
    edit(discover, ada, name="Between")
    edit(propose, ada, name="Discover")
    edit(discover, ada, name="Propose")
    publish(ada)
    propose.refresh_from_db()
    discover.refresh_from_db()
    assert (propose.name, discover.name) == ("Discover", "Propose")


def test_a_stage_goes_with_its_deals_and_their_answers(
    process: Process, propose: Stage, deal: Opportunity, ada: User
) -> None:
    kept = MilestoneFactory(stage=propose, title="Answered")
    MilestoneRecord.objects.create(
        opportunity=deal,
        milestone=kept,
        is_met=True,
        done_on=date(2026, 11, 2),
        recorded_by=deal.owner,
        recorded_at=NOW,
    )
    pilot = services.draft_new_stage(process, name="Pilot", by=ada, now=NOW)
    services.draft_removal(process, Removal(propose.pk, to=pilot), by=ada, now=NOW)
    deal.refresh_from_db()
    assert deal.stage == propose

    version = publish(ada)
    deal.refresh_from_db()
    assert deal.stage_id == pilot
    assert deal.move_reason == "The stage Propose was removed."
    kept.refresh_from_db()
    assert (kept.stage_id, kept.importance) == (pilot, Importance.OPTIONAL)
    assert "The stage Propose is removed; its deals go to Pilot." in version.changes


def test_the_reason_names_the_stage_as_it_was_where_a_new_one_has_its_name(
    process: Process, propose: Stage, discover: Stage, deal: Opportunity, ada: User
) -> None:
    removal = Removal(propose.pk, to=discover.pk)
    services.draft_removal(process, removal, by=ada, now=NOW)
    services.draft_new_stage(process, name="Propose", by=ada, now=NOW)

    publish(ada)

    deal.refresh_from_db()
    assert deal.stage == discover
    assert deal.move_reason == "The stage Propose was removed."


def test_a_target_that_goes_too_hands_its_deals_on(
    process: Process, propose: Stage, discover: Stage, deal: Opportunity, ada: User
) -> None:
    last = process.stages.get(name="Negotiate")
    services.draft_removal(process, Removal(propose.pk, discover.pk), by=ada, now=NOW)
    with pytest.raises(ValidationError, match="Say where they go"):
        services.draft_removal(process, Removal(discover.pk), by=ada, now=NOW)
    services.draft_removal(process, Removal(discover.pk, last.pk), by=ada, now=NOW)
    publish(ada)
    deal.refresh_from_db()
    assert deal.stage == last


def test_a_removed_stage_is_put_back(
    process: Process, propose: Stage, ada: User
) -> None:
    services.draft_removal(process, Removal(propose.pk), by=ada, now=NOW)
    services.draft_restore(process, propose.pk, by=ada, now=NOW)
    assert not Draft.objects.exists()


def test_deals_that_came_meanwhile_keep_a_draft_from_being_published(
    process: Process, propose: Stage, rita: User, ada: User
) -> None:
    services.draft_removal(process, Removal(propose.pk), by=ada, now=NOW)
    OpportunityFactory(stage=propose, owner=rita)
    with pytest.raises(ValidationError, match="Say where they go"):
        publish(ada)
    assert Draft.objects.exists()
    assert ProcessVersion.objects.count() == 1


def test_there_must_be_a_draft_and_the_one_that_was_shown(
    propose: Stage, ada: User
) -> None:
    with pytest.raises(ValidationError, match="nothing to publish"):
        publish(ada)
    ask(propose, ada, APPROVAL)
    ask(propose, ada, MilestoneDraft(title="Other"))
    now = Draft.objects.get()
    with pytest.raises(Conflict):
        publish(ada, shown=f"{now.pk}-{now.version - 1}")
    services.discard_draft(now.process)
    ask(propose, ada, APPROVAL)
    ask(propose, ada, MilestoneDraft(title="Something else"))
    with pytest.raises(Conflict):
        publish(ada, shown=now.shown)
    assert publish(ada, shown=Draft.objects.get().shown).number == 2


def test_a_discarded_draft_leaves_everything_as_it_was(
    process: Process, propose: Stage, ada: User
) -> None:
    before = stages_of(process)
    ask(propose, ada, APPROVAL)
    services.discard_draft(process, shown=Draft.objects.get().shown)
    assert stages_of(process) == before
    assert not Milestone.objects.exists()
    # No form that showed the draft can be taken for one that shows what is published.
    assert working(process).version(propose.pk) == 3


# -- for whom it binds ---------------------------------------------------------------


def test_now_binds_everybody(propose: Stage, deal: Opportunity, ada: User) -> None:
    ask(propose, ada, APPROVAL)
    assert publish(ada, "now").for_present == ForPresent.NOW
    assert lacks(deal, NOW) == ["Security approval"]


def test_new_deals_only_spares_those_that_are_there(
    propose: Stage, deal: Opportunity, rita: User, ada: User
) -> None:
    ask(propose, ada, APPROVAL)
    publish(ada, "new")
    new = OpportunityFactory(stage=propose, owner=rita, created_at=NOW)
    assert lacks(deal, LATER) == []
    assert lacks(new, NOW) == ["Security approval"]


def test_grace_binds_new_deals_at_once_and_the_others_when_it_ends(
    propose: Stage, deal: Opportunity, rita: User, ada: User
) -> None:
    ask(propose, ada, APPROVAL)
    version = publish(ada, "grace", 10)
    assert (
        version.binds_from == publishing.terms("grace", 10, by=ada, now=NOW).binds_from
    )
    new = OpportunityFactory(stage=propose, owner=rita, created_at=NOW)
    assert lacks(new, NOW) == ["Security approval"]
    assert lacks(deal, version.binds_from - timedelta(seconds=1)) == []
    assert lacks(deal, version.binds_from) == ["Security approval"]


def test_the_gate_lets_a_spared_deal_through(
    process: Process, propose: Stage, deal: Opportunity, rita: User, ada: User
) -> None:
    ask(propose, ada, APPROVAL)
    publish(ada, "grace", 10)
    to = process.stages.get(name="Negotiate")
    with pytest.raises(GateClosed):
        move(deal, to=to, by=rita, now=LATER)
    assert move(deal, to=to, by=rita, now=NOW).stage == to


def test_a_confirmed_outcome_binds_on_the_same_terms(
    propose: Stage, deal: Opportunity, ada: User
) -> None:
    edit(propose, ada, needs_outcome=True)
    publish(ada, "grace", 10)
    assert lacks(deal, NOW) == []
    assert len(lacks(deal, LATER)) == 1


@pytest.mark.parametrize("chosen", ["now", "new", "grace"])
@pytest.mark.parametrize("now", [NOW, LATER])
def test_the_flag_and_its_filter_say_what_the_gate_says(
    propose: Stage, deal: Opportunity, ada: User, chosen: str, now: datetime
) -> None:
    deal.close_on = ada.today(now) + timedelta(days=2)
    deal.save(update_fields=["close_on"])
    ask(propose, ada, APPROVAL)
    edit(propose, ada, needs_outcome=True)
    publish(ada, chosen, 10)
    found = flags_of([deal], viewer=ada, now=now).get(deal.pk, [])
    is_flagged = flags.MILESTONES_MISSING in {each.kind for each in found}
    every = Opportunity.objects.all()
    listed = flagged(every, flags.MILESTONES_MISSING, viewer=ada, now=now)
    assert is_flagged == listed.exists() == bool(lacks(deal, now))


def test_what_is_already_required_keeps_its_terms(
    propose: Stage, deal: Opportunity, ada: User
) -> None:
    ask(propose, ada, APPROVAL)
    publish(ada, "new")
    ask(propose, ada, MilestoneDraft(title="Other"))
    publish(ada, "now")
    assert lacks(deal, LATER) == ["Other"]
    relaxed = [replace(e, importance="optional") for e in drafted(propose).milestones]
    edit(propose, ada, milestones=tuple(relaxed))
    assert publish(ada).for_present == ""
    assert not Milestone.objects.exclude(asked_since=None).exists()


# -- what it means, and who is told --------------------------------------------------


def test_the_impact_is_that_of_the_whole_draft_by_rep(
    process: Process,
    propose: Stage,
    discover: Stage,
    deal: Opportunity,
    rita: User,
    otto: User,
    ada: User,
) -> None:
    OpportunityFactory(stage=discover, owner=otto)
    last = process.stages.get(name="Negotiate")
    OpportunityFactory(stage=last, owner=otto)
    ask(propose, ada, APPROVAL)
    services.draft_removal(process, Removal(discover.pk, propose.pk), by=ada, now=NOW)
    found = draft_impact(working(process), viewer=ada, now=NOW)
    assert (found.open, found.failing, found.added) == (3, 2, 2)
    assert {each.name for each in found.reps} == {"Rita Reyes", "Otto Olsen"}
    assert found.added_by_owner == {rita.pk: 1, otto.pk: 1}


def test_those_with_open_deals_and_their_leaders_are_told_once(
    propose: Stage, deal: Opportunity, rita: User, lena: User, otto: User, ada: User
) -> None:
    OpportunityFactory(stage=propose, owner=rita)
    ask(propose, ada, APPROVAL)
    version = publish(
        ada, "grace", 10, note="The auditors ask.", concerned={rita.pk: 2}
    )
    told = {each.recipient: each for each in Notice.objects.all()}
    assert {rita, lena} <= set(told)
    assert otto not in told
    text = told[rita].text
    assert "Propose: new milestone “Security approval”, required." in text
    assert "The auditors ask." in text
    assert "2 of your open deals lack something that is new." in text
    assert version.get_absolute_url() in text
    assert "your open deals" not in told[lena].text
