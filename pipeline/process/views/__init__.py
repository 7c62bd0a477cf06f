"""Pages about how we sell. What needs deals is in `pipeline.opportunities`."""

from pipeline.process.views.pages import process_detail, process_list
from pipeline.process.views.processes import (
    process_archive,
    process_create,
    process_default,
    process_delete,
    process_edit,
    process_order,
    process_start,
    process_unarchive,
)
from pipeline.process.views.stages import (
    draft_discard,
    stage_create,
    stage_order,
    stage_restore,
)
from pipeline.process.views.versions import (
    version_compare,
    version_detail,
    version_list,
)

__all__ = [
    "draft_discard",
    "process_archive",
    "process_create",
    "process_default",
    "process_delete",
    "process_detail",
    "process_edit",
    "process_list",
    "process_order",
    "process_start",
    "process_unarchive",
    "stage_create",
    "stage_order",
    "stage_restore",
    "version_compare",
    "version_detail",
    "version_list",
]
