from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity
from pipeline.process.models import Milestone, Stage
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.opportunities import ContactFactory
from tests.factories.process import MilestoneFactory, StageFactory


def know(stage: Stage, answer_kind: str, **more: object) -> Milestone:
    return MilestoneFactory(stage=stage, kind="know", answer_kind=answer_kind, **more)


def test_what_was_done_keeps_its_evidence_and_day(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    milestone = MilestoneFactory(stage=discover)
    record = services.record_milestone(
        deal, milestone, is_met=True, by=rita, now=now, evidence="Mail of 3 Nov"
    )
    assert (record.done_on, record.evidence) == (date(2026, 11, 19), "Mail of 3 Nov")
    assert (record.recorded_by, record.version) == (rita, 1)


@pytest.mark.parametrize(
    ("kind", "answer", "kept"),
    [
        ("text", " The CFO ", "The CFO"),
        ("choice", "Yes", "Yes"),
        ("number", "1 200.50", "1200.50"),
        ("number", "1e3", "1000"),
    ],
)
def test_an_answer_is_kept_as_its_kind_asks(
    deal: Opportunity,
    discover: Stage,
    rita: User,
    now: datetime,
    kind: str,
    answer: str,
    kept: str,
) -> None:
    milestone = know(discover, kind, choices=["Yes", "No"])
    record = services.record_milestone(
        deal, milestone, is_met=True, by=rita, now=now, answer=answer
    )
    assert record.answer == kept


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", " "),
        ("text", "x" * 2001),
        ("choice", "Perhaps"),
        ("number", "many"),
        ("number", "1e400"),
        ("number", "NaN"),
        ("number", "1" * 100),
        ("contact", "somebody"),
    ],
)
def test_what_is_no_answer_is_refused(
    deal: Opportunity,
    discover: Stage,
    rita: User,
    now: datetime,
    kind: str,
    answer: str,
) -> None:
    milestone = know(discover, kind, choices=["Yes", "No"])
    with pytest.raises(ValidationError):
        services.record_milestone(
            deal, milestone, is_met=True, by=rita, now=now, answer=answer
        )
    assert not deal.milestone_records.exists()


def test_the_customer_confirms_by_name(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    milestone = MilestoneFactory(stage=discover, kind="confirmed")
    with pytest.raises(ValidationError, match="confirmed"):
        services.record_milestone(deal, milestone, is_met=True, by=rita, now=now)

    thiele = ContactFactory(name="Dr. Thiele")
    record = services.record_milestone(
        deal, milestone, is_met=True, by=rita, now=now, contact=thiele
    )
    assert record.contact == thiele


def test_taking_it_back_keeps_the_evidence(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    milestone = MilestoneFactory(stage=discover)
    services.record_milestone(deal, milestone, is_met=True, by=rita, now=now)
    record = services.record_milestone(
        deal, milestone, is_met=False, by=rita, now=now, evidence="Was an old mail"
    )
    assert (record.is_met, record.done_on) == (False, None)
    assert record.events.get().is_met


def test_days_to_come_and_other_processes_are_refused(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    tomorrow = now.date() + timedelta(days=1)
    milestone = MilestoneFactory(stage=discover)
    with pytest.raises(ValidationError, match="to come"):
        services.record_milestone(
            deal, milestone, is_met=True, by=rita, now=now, done_on=tomorrow
        )
    foreign = MilestoneFactory(stage=StageFactory())
    with pytest.raises(ValidationError, match="another process"):
        services.record_milestone(deal, foreign, is_met=True, by=rita, now=now)


def test_two_who_record_the_same_milestone_do_not_overwrite_each_other(
    deal: Opportunity, discover: Stage, rita: User, lena: User, now: datetime
) -> None:
    milestone = MilestoneFactory(stage=discover)
    services.record_milestone(
        deal, milestone, is_met=True, by=lena, now=now, shown_version=0
    )
    with pytest.raises(Conflict):
        services.record_milestone(
            deal, milestone, is_met=False, by=rita, now=now, shown_version=0
        )


def test_closed_deals_record_no_milestones(
    deal: Opportunity, discover: Stage, rita: User, now: datetime
) -> None:
    services.close(deal, outcome="won", reason="Signed", by=rita, now=now)
    with pytest.raises(ValidationError, match="closed"):
        services.record_milestone(
            deal, MilestoneFactory(stage=discover), is_met=True, by=rita, now=now
        )


def test_people_have_one_part_in_a_deal_and_leave_history(
    deal: Opportunity, rita: User
) -> None:
    contact = ContactFactory()
    services.add_person(deal, contact, by=rita, role="Buyer")
    services.add_person(deal, contact, by=rita, role="Champion")
    assert [each.role for each in deal.contact_roles.all()] == ["Champion"]

    services.remove_person(deal, contact, by=rita)
    services.remove_person(deal, contact, by=rita)
    assert not deal.contact_roles.exists()


def test_outcomes_are_edited_by_version_and_removed(
    deal: Opportunity, rita: User
) -> None:
    outcome = services.add_outcome(
        deal, {"words": "Less spoilage", "target": "1 %"}, by=rita
    )
    edited = services.edit_outcome(
        outcome, {"words": "No spoilage"}, by=rita, shown_version=1
    )
    assert (edited.words, edited.target) == ("No spoilage", "1 %")
    with pytest.raises(Conflict):
        services.edit_outcome(outcome, {"words": "Some"}, by=rita, shown_version=1)

    services.remove_outcome(edited, by=rita)
    assert not deal.customer_outcomes.exists()
