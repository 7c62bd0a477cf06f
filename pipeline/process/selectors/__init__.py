"""Reads over processes, stages and milestones."""

from pipeline.process.selectors.changes import Stricter, changes, stricter
from pipeline.process.selectors.differences import count_edits, differences
from pipeline.process.selectors.drafts import (
    milestone_draft,
    process_draft,
    stage_draft,
    stages_of,
    stages_with_milestones,
)
from pipeline.process.selectors.news import (
    News,
    latest_version,
    latest_versions,
    news,
)
from pipeline.process.selectors.pages import (
    ProcessPage,
    ProcessRow,
    draft_lines,
    process_page,
    process_rows,
    unsaved_stage,
)
from pipeline.process.selectors.versions import (
    VersionPage,
    VersionRow,
    compared,
    current_version,
    terms_in_words,
    version_page,
    version_rows,
)
from pipeline.process.selectors.working import (
    DraftState,
    Working,
    draft_state,
    working,
)

__all__ = [
    "DraftState",
    "News",
    "ProcessPage",
    "ProcessRow",
    "Stricter",
    "VersionPage",
    "VersionRow",
    "Working",
    "changes",
    "compared",
    "count_edits",
    "current_version",
    "differences",
    "draft_lines",
    "draft_state",
    "latest_version",
    "latest_versions",
    "milestone_draft",
    "news",
    "process_draft",
    "process_page",
    "process_rows",
    "stage_draft",
    "stages_of",
    "stages_with_milestones",
    "stricter",
    "terms_in_words",
    "unsaved_stage",
    "version_page",
    "version_rows",
    "working",
]
