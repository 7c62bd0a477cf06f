"""Changes to how we sell, each whole or not at all."""

from pipeline.process.services.processes import (
    archive,
    copy_process,
    create_process,
    create_starter,
    delete_process,
    edit_process,
    make_default,
    order_processes,
    unarchive,
)
from pipeline.process.services.stages import (
    add_stage,
    hold_process,
    lock_stages,
    order_stages,
    remove_stage,
    save_stage,
)

__all__ = [
    "add_stage",
    "archive",
    "copy_process",
    "create_process",
    "create_starter",
    "delete_process",
    "edit_process",
    "hold_process",
    "lock_stages",
    "make_default",
    "order_processes",
    "order_stages",
    "remove_stage",
    "save_stage",
    "unarchive",
]
