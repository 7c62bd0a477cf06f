"""Reads over processes, stages and milestones."""

from pipeline.process.selectors.differences import count_edits, differences
from pipeline.process.selectors.drafts import (
    milestone_draft,
    process_draft,
    stage_draft,
    stages_with_milestones,
)
from pipeline.process.selectors.pages import (
    ProcessPage,
    ProcessRow,
    draft_lines,
    process_page,
    process_rows,
)

__all__ = [
    "ProcessPage",
    "ProcessRow",
    "count_edits",
    "differences",
    "draft_lines",
    "milestone_draft",
    "process_draft",
    "process_page",
    "process_rows",
    "stage_draft",
    "stages_with_milestones",
]
