"""Changes to processes, stages and milestones."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from pipeline.process import services
from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft
from pipeline.process.models import Milestone, Process, Stage
from pipeline.process.selectors import process_draft, stage_draft
from pipeline.process.starter import NEW_BUSINESS, RENEWAL, STARTERS
from rhythm.people.models import AuditEntry, AuditKind, User
from rhythm.web.versions import Conflict
from tests.factories.process import MilestoneFactory, ProcessFactory, a_process

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def names(process: Process) -> list[str]:
    return list(process.stages.order_by("position").values_list("name", flat=True))


def stage_of(process: Process, name: str) -> Stage:
    return process.stages.get(name=name)


def draft_of(stage: Stage) -> StageDraft:
    return stage_draft(stage, stage.milestones.order_by("position"))


# -- the starter ------------------------------------------------------------------


def test_a_new_installation_gets_two_processes_and_a_default() -> None:
    process = services.create_starter()
    assert process.is_default
    assert names(process) == [
        *("Engage", "Discover", "Validate", "Propose", "Negotiate"),
        *("Won", "Lost", "Walked away"),
    ]
    assert [p.name for p in Process.objects.all()] == ["New business", "Renewal"]
    assert Process.objects.filter(is_default=True).count() == 1
    probabilities = process.stages.open().values_list("probability", flat=True)
    assert list(probabilities) == [Decimal(n) / 10 for n in (1, 2, 4, 6, 8)]


def test_starting_twice_changes_nothing() -> None:
    services.create_starter()
    before = list(Process.objects.values()), list(Milestone.objects.values())
    services.create_starter()
    assert before == (list(Process.objects.values()), list(Milestone.objects.values()))


def test_the_starter_leaves_an_existing_default_alone() -> None:
    own = a_process("Ours")
    services.create_starter()
    assert Process.objects.get(is_default=True) == own


@pytest.mark.parametrize("draft", STARTERS.values(), ids=STARTERS)
def test_each_stage_of_the_starter_says_all_that_a_team_needs(
    draft: ProcessDraft,
) -> None:
    for stage in draft.stages:
        assert stage.buyer_step
        assert stage.purpose
        assert stage.guidance
        assert stage.stuck_days
        assert stage.idle_days
        assert len(stage.questions) >= 4
        assert all(question.endswith("?") for question in stage.questions)
        assert {m.kind for m in stage.milestones} == {"know", "do", "confirmed"}
        assert all(m.hint for m in stage.milestones)
    probabilities = [stage.probability for stage in draft.stages]
    assert probabilities == sorted(probabilities)


# -- processes --------------------------------------------------------------------


def test_an_empty_process_has_a_stage_to_begin_in() -> None:
    process = services.create_process(ProcessDraft(name="Partners"))
    assert names(process) == ["First stage", "Won", "Lost", "Walked away"]


def test_a_name_is_taken_once() -> None:
    services.create_process(ProcessDraft(name="Partners"))
    with pytest.raises(ValidationError, match="already exists"):
        services.create_process(ProcessDraft(name="Partners"))


def test_a_copy_has_everything_but_the_name() -> None:
    services.create_starter()
    source = Process.objects.get(name="Renewal")
    copy = services.copy_process(source, name="Renewal, small")
    assert process_draft(copy).stages == process_draft(source).stages == RENEWAL.stages
    assert not copy.is_default


def test_a_stale_rename_is_a_conflict() -> None:
    process = a_process()
    services.edit_process(process, name="A", description="", shown_version=1)
    with pytest.raises(Conflict):
        services.edit_process(process, name="B", description="", shown_version=1)
    process.refresh_from_db()
    assert process.name == "A"


def test_one_process_at_a_time_is_the_default() -> None:
    first, second = a_process("A"), a_process("B", is_default=False)
    services.make_default(second)
    services.make_default(second)
    first.refresh_from_db()
    assert not first.is_default
    assert Process.objects.get(is_default=True) == second


def test_the_default_cannot_be_archived() -> None:
    with pytest.raises(ValidationError, match="default"):
        services.archive(a_process(), now=NOW)


def test_an_archived_process_comes_back_and_cannot_be_the_default() -> None:
    process = a_process("B", is_default=False)
    services.archive(process, now=NOW)
    assert not Process.objects.in_use().exists()
    with pytest.raises(ValidationError, match="Bring it back"):
        services.make_default(process)
    services.unarchive(process)
    assert Process.objects.in_use().get() == process


def test_an_empty_process_can_be_deleted(ada: User) -> None:
    process = a_process("B", is_default=False)
    MilestoneFactory(stage=process.stages.all()[0])
    services.delete_process(process, by=ada)
    assert not Process.objects.exists()
    entry = AuditEntry.objects.get(kind=AuditKind.PROCESS_DELETED)
    assert (entry.by, entry.subject) == (ada, "B")


def test_processes_are_put_in_order() -> None:
    a, b, c = (ProcessFactory(name=name) for name in "ABC")
    services.order_processes([c.pk, 999_999, a.pk])
    assert list(Process.objects.all()) == [c, a, b]


# -- stages -----------------------------------------------------------------------


def test_a_stage_name_is_taken_once_in_a_process_whatever_the_case() -> None:
    process = a_process()
    with pytest.raises(ValidationError, match="stage of that name"):
        stage = stage_of(process, "Discover")
        services.save_stage(stage, replace(draft_of(stage), name="propose"))
    a_process("Other", is_default=False)


def test_stages_change_places() -> None:
    process = a_process()
    first, second, third = process.stages.open()
    services.order_stages(process, [third.pk, first.pk, second.pk])
    assert names(process)[:3] == ["Negotiate", "Discover", "Propose"]
    assert names(process)[3:] == ["Won", "Lost", "Walked away"]


def test_an_order_of_other_stages_is_refused() -> None:
    process = a_process()
    first, second, third = process.stages.open()
    for ids in ([first.pk], [first.pk, second.pk, third.pk, third.pk], []):
        with pytest.raises(ValidationError, match="changed meanwhile"):
            services.order_stages(process, ids)


def test_a_stage_is_saved_with_its_milestones_in_order() -> None:
    stage = stage_of(a_process(), "Propose")
    old = MilestoneFactory(stage=stage, title="Old", position=1)
    gone = MilestoneFactory(stage=stage, title="Gone", position=2)
    draft = replace(
        draft_of(stage),
        name="Offer",
        questions=("Why now?",),
        milestones=(
            MilestoneDraft(title="New", kind="confirmed"),
            MilestoneDraft(title="Old, renamed", id=old.pk),
        ),
    )
    saved = services.save_stage(stage, draft)
    assert (saved.name, saved.questions, saved.version) == ("Offer", ["Why now?"], 2)
    titles = [m.title for m in stage.milestones.order_by("position")]
    assert titles == ["New", "Old, renamed"]
    assert not Milestone.objects.filter(pk=gone.pk).exists()


def test_milestones_can_change_places() -> None:
    stage = stage_of(a_process(), "Propose")
    for position in (1, 2, 3):
        MilestoneFactory(stage=stage, title=str(position), position=position)
    draft = draft_of(stage)
    services.save_stage(stage, replace(draft, milestones=draft.milestones[::-1]))
    titles = [m.title for m in stage.milestones.order_by("position")]
    assert titles == ["3", "2", "1"]


def test_saving_what_is_there_changes_nothing() -> None:
    services.create_starter()
    stage = Stage.objects.get(name="Propose")
    assert services.save_stage(stage, draft_of(stage)).version == 1


def test_a_milestone_of_another_stage_cannot_be_saved() -> None:
    process = a_process()
    foreign = MilestoneFactory(stage=stage_of(process, "Discover"))
    stage = stage_of(process, "Propose")
    draft = replace(
        draft_of(stage), milestones=(MilestoneDraft(title="Stolen", id=foreign.pk),)
    )
    with pytest.raises(ValidationError, match="removed meanwhile"):
        services.save_stage(stage, draft)


def test_a_closed_stage_takes_a_name_and_no_gate() -> None:
    won = stage_of(a_process(), "Won")
    draft = replace(
        draft_of(won),
        name="Signed",
        probability=Decimal("0.3"),
        milestones=(MilestoneDraft(title="No"),),
    )
    saved = services.save_stage(won, draft)
    assert (saved.name, saved.probability) == ("Signed", 1)
    assert not saved.milestones.exists()


def test_values_out_of_range_are_refused() -> None:
    stage = stage_of(a_process(), "Propose")
    for change in (
        {"probability": Decimal("1.01")},
        {"stuck_days": 0},
        {"name": "x" * 81},
        {"name": ""},
    ):
        with pytest.raises(ValidationError):
            services.save_stage(stage, replace(draft_of(stage), **change))


def test_an_unused_stage_goes_with_its_milestones() -> None:
    process = a_process()
    stage = stage_of(process, "Propose")
    MilestoneFactory(stage=stage)
    services.remove_stage(stage)
    assert names(process) == ["Discover", "Negotiate", "Won", "Lost", "Walked away"]
    positions = process.stages.values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5]


def test_closed_stages_and_the_last_open_one_stay() -> None:
    process = a_process()
    with pytest.raises(ValidationError, match="Every process ends"):
        services.remove_stage(stage_of(process, "Lost"))
    services.remove_stage(stage_of(process, "Discover"))
    services.remove_stage(stage_of(process, "Propose"))
    with pytest.raises(ValidationError, match="begin in"):
        services.remove_stage(stage_of(process, "Negotiate"))


def test_names_of_all_scripts_are_kept_as_they_are() -> None:
    name = "عرض 🤝 e\u0301 <b>"
    process = services.create_process(replace(NEW_BUSINESS, name=name))
    process.refresh_from_db()
    assert process.name == name
