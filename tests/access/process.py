"""How we sell: read by everybody, changed by admins."""

from django.utils import timezone

from pipeline.process import services
from pipeline.process.models import Process, Stage
from tests.access import World, row
from tests.factories.process import a_process


def default_process(world: World) -> list[int]:
    found = Process.objects.filter(name="Access").first()
    return [(found or a_process("Access")).pk]


def other_process(world: World) -> list[int]:
    return [a_process("Access too", is_default=False).pk]


def open_stage(world: World) -> list[int]:
    return [Stage.objects.open().filter(process__in=default_process(world))[0].pk]


def drafted(world: World) -> list[int]:
    """Return a process with a draft: an order of its stages."""
    [pk] = default_process(world)
    process = Process.objects.get(pk=pk)
    ids = [each.pk for each in process.stages.open()]
    services.draft_order(process, ids[::-1], by=world.ada, now=timezone.now())
    return [pk]


def drafted_stage(world: World) -> list[int]:
    """Return a stage that only a draft has."""
    process = Process.objects.get(pk=default_process(world)[0])
    now = timezone.now()
    return [services.draft_new_stage(process, name="Pilot", by=world.ada, now=now)]


# Seen by all, so changing it is refused instead of hidden.
REFUSED = {"everybody": 403}

ROWS = [
    row("process:process_list", everybody=200),
    row("process:process_detail", args=default_process, everybody=200),
    row("process:process_start", "post", admins=302),
    row("process:process_create", admins=200),
    row("process:process_create", "post", admins=422),
    row("process:process_order", "post", data={"order": "1"}, admins=302),
    row("process:process_edit", args=default_process, **REFUSED, admin=200),
    row("process:process_edit", "post", args=default_process, **REFUSED, admin=422),
    row("process:process_default", "post", args=other_process, **REFUSED, admin=302),
    row("process:process_archive", "post", args=other_process, **REFUSED, admin=302),
    row("process:process_unarchive", "post", args=other_process, **REFUSED, admin=302),
    row("process:process_delete", "post", args=other_process, **REFUSED, admin=302),
    row("process:stage_create", args=default_process, **REFUSED, admin=200),
    row("process:stage_create", "post", args=default_process, **REFUSED, admin=422),
    row("process:stage_order", "post", args=default_process, **REFUSED, admin=302),
    row("opportunities:stage_edit", args=open_stage, **REFUSED, admin=200),
    row("opportunities:stage_edit", "post", args=open_stage, **REFUSED, admin=422),
    row("opportunities:process_impact", "post", args=open_stage, **REFUSED, admin=200),
    row("opportunities:stage_remove", args=open_stage, **REFUSED, admin=200),
    row("opportunities:stage_remove", "post", args=open_stage, **REFUSED, admin=409),
    row("opportunities:stage_edit", args=drafted_stage, admins=200),
    row("opportunities:process_draft", args=drafted, **REFUSED, admin=200),
    row("opportunities:process_draft", "post", args=drafted, **REFUSED, admin=409),
    row("process:draft_discard", "post", args=drafted, **REFUSED, admin=302),
    row(
        "process:stage_restore",
        "post",
        args=lambda world: [*default_process(world), *open_stage(world)],
        **REFUSED,
        admin=302,
    ),
    row("process:version_list", args=default_process, everybody=200),
    row("process:version_compare", args=default_process, everybody=200),
    row(
        "process:version_detail",
        args=lambda world: [*default_process(world), 1],
        everybody=200,
    ),
]
