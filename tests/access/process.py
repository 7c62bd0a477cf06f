"""How we sell: read by everybody, changed by admins."""

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
]
