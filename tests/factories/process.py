from decimal import Decimal

from django.db.models import Q
from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from pipeline.process.drafts import StageDraft
from pipeline.process.models import Draft, Milestone, Process, Stage, StageKind
from pipeline.process.selectors import working
from pipeline.process.services import record_version


class ProcessFactory(DjangoModelFactory[Process]):
    """A process without stages. `a_process()` has some."""

    class Meta:
        model = Process

    name = Sequence(lambda n: f"Process {n}")


class StageFactory(DjangoModelFactory[Stage]):
    class Meta:
        model = Stage

    process = SubFactory(ProcessFactory)
    name = Sequence(lambda n: f"Stage {n}")
    position = Sequence(lambda n: n + 1)
    probability = Decimal("0.5")


class MilestoneFactory(DjangoModelFactory[Milestone]):
    class Meta:
        model = Milestone

    stage = SubFactory(StageFactory)
    title = Sequence(lambda n: f"Milestone {n}")
    position = Sequence(lambda n: n + 1)


def a_process(name: str = "New business", *, is_default: bool = True) -> Process:
    """Return a process: Discover, Propose, Negotiate, and the three closed stages."""
    process = ProcessFactory(name=name, is_default=is_default)
    opened = [
        ("Discover", "Wants it solved", "0.2", 21),
        ("Propose", "Weighs the risk", "0.6", 21),
        ("Negotiate", "Approves and signs", "0.8", 18),
    ]
    for position, (stage, buyer_step, probability, days) in enumerate(opened, 1):
        StageFactory(
            process=process,
            name=stage,
            buyer_step=buyer_step,
            position=position,
            probability=Decimal(probability),
            stuck_days=days,
            idle_days=14,
        )
    closed = [
        ("Won", StageKind.WON, "1"),
        ("Lost", StageKind.LOST, "0"),
        ("Walked away", StageKind.WALKED_AWAY, "0"),
    ]
    for position, (stage, kind, probability) in enumerate(closed, len(opened) + 1):
        StageFactory(
            process=process,
            name=stage,
            kind=kind,
            position=position,
            probability=Decimal(probability),
        )
    record_version(process)
    return process


def drafted(stage: Stage | int) -> StageDraft:
    """Return a stage as the draft of its process has it, or as it is published.

    Raises StopIteration if the draft removes it.
    """
    pk = stage if isinstance(stage, int) else stage.pk
    process = Process.objects.get(
        Q(pk__in=Stage.objects.filter(pk=pk).values("process"))
        | Q(pk__in=Draft.objects.with_stage(pk).values("process"))
    )
    return next(each for each in working(process).plan.stages if each.id == pk)
