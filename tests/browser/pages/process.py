"""How we sell, and its editor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone

from pipeline.opportunities.services import publishing
from pipeline.process import services as process_services
from pipeline.process.content import Removal
from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft
from pipeline.process.models import Process, Stage
from tests.browser.cases import PageCase
from tests.factories.opportunities import (
    MilestoneRecordFactory,
    OpportunityFactory,
)
from tests.factories.process import drafted


def starter(get: Callable[[str], Any]) -> list[Any]:
    """Make the processes that a team begins with, and return the first one."""
    return [process_services.create_starter().pk]


def stage_in_use(get: Callable[[str], Any]) -> list[Any]:
    """Return the stage Propose with deals of two people in it, some answered."""
    process = process_services.create_starter()
    stage = process.stages.get(name="Propose")
    milestone = stage.milestones.order_by("position")[0]
    for owner in ("rita", "rita", "otto"):
        deal = OpportunityFactory(stage=stage, owner=get(owner), amount=134_000)
    MilestoneRecordFactory(opportunity=deal, milestone=milestone)
    return [stage.pk]


def stage_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    """Return a stage whose words are as long as they may be, and of other scripts."""
    process = process_services.create_process(
        ProcessDraft(
            name="عملية" * 24,
            description="W" * 2000,
            stages=(
                StageDraft(
                    name="W" * 80,
                    buyer_step="🤝" * 120,
                    purpose="W" * 300,
                    guidance="W" * 500
                    + "\n\n| a | b |\n|---|---|\n| "
                    + "W" * 90
                    + " | c |",
                    questions=("W" * 300,),
                    milestones=(
                        MilestoneDraft(
                            title="W" * 200,
                            kind="know",
                            hint="W" * 500,
                            answer_kind="choice",
                            choices=("W" * 120,),
                        ),
                    ),
                ),
            ),
        )
    )
    stage = process.stages.open()[0]
    OpportunityFactory(stage=stage, owner=get("rita"), name="W" * 200)
    return [stage.pk]


def process_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    [pk] = stage_of_long_words(get)
    return [Stage.objects.get(pk=pk).process_id]


def process_in_draft(get: Callable[[str], Any]) -> list[Any]:
    """Return a process with deals of two people and edits that are not published."""
    stage = Stage.objects.get(pk=stage_in_use(get)[0])
    ada, now = get("ada"), timezone.now()
    edited = drafted(stage)
    milestones = (*edited.milestones, MilestoneDraft(title="IT security approval"))
    process_services.draft_stage(
        stage.process,
        replace(edited, purpose="W" * 300, milestones=milestones),
        answers={},
        by=ada,
        now=now,
    )
    gone = stage.process.stages.get(name="Negotiate")
    removal = Removal(gone.pk, to=stage.pk)
    process_services.draft_removal(stage.process, removal, by=ada, now=now)
    return [stage.process_id]


def process_of_two_versions(get: Callable[[str], Any]) -> list[Any]:
    """Return a process that was published twice, and an empty draft after."""
    [pk] = process_in_draft(get)
    process = Process.objects.get(pk=pk)
    now = timezone.now()
    ada = get("ada")
    terms = publishing.terms("grace", 14, by=ada, now=now)
    publishing.publish(process, terms=terms, note="W" * 500, by=ada, now=now)
    return [pk]


def draft_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    """Return a process of long words with a draft that changes them all."""
    stage = Stage.objects.get(pk=stage_of_long_words(get)[0])
    edited = drafted(stage)
    milestones = (*edited.milestones, MilestoneDraft(title="M" * 200))
    edited = replace(edited, name="M" * 80, buyer_step="M" * 120, milestones=milestones)
    ada, now = get("ada"), timezone.now()
    process_services.draft_stage(stage.process, edited, answers={}, by=ada, now=now)
    return [stage.process_id]


def version_of_long_words(get: Callable[[str], Any]) -> list[Any]:
    [pk] = draft_of_long_words(get)
    now = timezone.now()
    ada = get("ada")
    terms = publishing.terms("new", None, by=ada, now=now)
    process = Process.objects.get(pk=pk)
    publishing.publish(process, terms=terms, note="W" * 500, by=ada, now=now)
    return [pk, 2]


def second_version(get: Callable[[str], Any]) -> list[Any]:
    return [*process_of_two_versions(get), 2]


PAGES = [
    PageCase("process:process_list", "ada"),
    PageCase("process:process_list", "ada", lambda get: starter(get) and []),
    PageCase("process:process_list", "rita", lambda get: starter(get) and []),
    PageCase("process:process_detail", "rita", starter),
    PageCase("process:process_detail", "ada", starter),
    PageCase("process:process_create", "ada"),
    PageCase("process:process_edit", "ada", starter),
    PageCase("process:stage_create", "ada", starter),
    PageCase("process:process_detail", "rita", process_of_long_words),
    PageCase("process:process_detail", "ada", process_in_draft),
    PageCase("process:version_list", "rita", process_of_two_versions),
    PageCase("process:version_compare", "rita", process_of_two_versions),
    PageCase("process:version_detail", "rita", second_version),
    PageCase("process:version_detail", "ada", version_of_long_words),
    PageCase("process:version_list", "ada", lambda get: version_of_long_words(get)[:1]),
    PageCase(
        "process:version_compare", "ada", lambda get: version_of_long_words(get)[:1]
    ),
]
