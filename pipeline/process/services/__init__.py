"""Changes to how we sell, each whole or not at all."""

from pipeline.process.services.drafting import (
    check_shown,
    close_draft,
    discard_draft,
    draft_new_stage,
    draft_order,
    draft_removal,
    draft_restore,
    draft_stage,
    open_draft,
)
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
from pipeline.process.services.publishing import (
    Terms,
    free_names,
    insert_new,
    record_version,
    set_terms,
)
from pipeline.process.services.stages import (
    hold_process,
    lock_stages,
    order_stages,
    remove_stage,
    save_stage,
)

__all__ = [
    "Terms",
    "archive",
    "check_shown",
    "close_draft",
    "copy_process",
    "create_process",
    "create_starter",
    "delete_process",
    "discard_draft",
    "draft_new_stage",
    "draft_order",
    "draft_removal",
    "draft_restore",
    "draft_stage",
    "edit_process",
    "free_names",
    "hold_process",
    "insert_new",
    "lock_stages",
    "make_default",
    "open_draft",
    "order_processes",
    "order_stages",
    "record_version",
    "remove_stage",
    "save_stage",
    "set_terms",
    "unarchive",
]
