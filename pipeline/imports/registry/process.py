"""The process that deals come into, and which of its stages each name means."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Max

from pipeline.imports.answers import NEW
from pipeline.imports.registry.settling import Settling
from pipeline.imports.stagenames import OPEN
from pipeline.process.models import Process, Stage, StageKind
from pipeline.process.services import record_version

# Where a new stage starts to be stuck or idle until somebody decides.
STUCK_DAYS = 30
IDLE_DAYS = 14
CLOSED = (StageKind.WON, StageKind.LOST, StageKind.WALKED_AWAY)
CERTAIN = {StageKind.WON: Decimal(1)}


def settle_process(settling: Settling) -> dict[str, Any]:
    """Return `process`, `stages` (name to id, name, process, outcome) and `closed`."""
    answers = settling.run.answers
    if not answers.get("stages"):
        return {"process": None, "stages": {}, "closed": {}}
    if answers["process"] == NEW:
        return _new_process(settling)
    process = answers["process"]
    stages = {
        stage.pk: [stage.pk, stage.name, process, _outcome(stage.kind)]
        for stage in Stage.objects.filter(process_id=process)
    }
    closed = {ref[3]: ref for ref in stages.values() if ref[3]}
    meant = {name: stages[pk] for name, pk in answers["stages"].items() if pk in stages}
    return {"process": process, "stages": meant, "closed": closed}


def _outcome(kind: str) -> str:
    return "" if kind == OPEN else kind


def _new_process(settling: Settling) -> dict[str, Any]:
    answers = settling.run.answers
    kinds: dict[str, str] = answers["stages"]
    opened = [name for name in answers["order"] if kinds.get(name) == OPEN]
    stages = [*_open_stages(opened), *_closed_stages(len(opened))]
    process_id = _save(settling, answers["process_name"], stages)
    refs = {
        stage.name: [stage.pk, stage.name, process_id, _outcome(stage.kind)]
        for stage in stages
    }
    closed = {ref[3]: ref for ref in refs.values() if ref[3]}
    meant = {
        name: refs[name[:80]] if kind == OPEN else closed[kind]
        for name, kind in kinds.items()
    }
    return {"process": process_id, "stages": meant, "closed": closed}


def _open_stages(names: list[str]) -> list[Stage]:
    """Return stages in the order given, each as likely to be won as it is far on."""
    return [
        Stage(
            name=name[:80],
            position=position,
            probability=(Decimal(position) / (len(names) + 1)).quantize(
                Decimal("0.01")
            ),
            stuck_days=STUCK_DAYS,
            idle_days=IDLE_DAYS,
        )
        for position, name in enumerate(names, start=1)
    ]


def _closed_stages(after: int) -> list[Stage]:
    return [
        Stage(
            name=str(kind.label),
            kind=kind,
            position=position,
            probability=CERTAIN.get(kind, Decimal(0)),
        )
        for position, kind in enumerate(CLOSED, start=after + 1)
    ]


def _save(settling: Settling, name: str, stages: list[Stage]) -> int:
    """Save the process and its stages; in a check only number them. Return its id."""
    if settling.is_dry:
        for stage in stages:
            stage.pk = next(settling.ids)
        return next(settling.ids)
    last = Process.objects.aggregate(last=Max("position"))["last"]
    process = Process.objects.create(
        name=name,
        position=0 if last is None else last + 1,
        is_default=not Process.objects.filter(is_default=True).exists(),
    )
    for stage in stages:
        stage.process = process
        stage.save()
    record_version(process, by=settling.run.created_by)
    return process.pk
