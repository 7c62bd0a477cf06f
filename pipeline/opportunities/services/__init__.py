"""Every change of a deal and of the thin records around it."""

from pipeline.opportunities.services.backfill import StageEntry, backfill_stage_history
from pipeline.opportunities.services.deals import (
    assign,
    create,
    edit,
    hand_over,
    note_activity,
    say_still_there,
    set_next_step,
)
from pipeline.opportunities.services.directory import (
    best,
    create_account,
    create_contact,
    create_product,
    edit_record,
    standing,
)
from pipeline.opportunities.services.merging import keep_apart, merge_into
from pipeline.opportunities.services.milestones import record_milestone
from pipeline.opportunities.services.outcomes import (
    add_outcome,
    confirm_outcome,
    edit_outcome,
    remove_outcome,
)
from pipeline.opportunities.services.passing import (
    AnswerRefused,
    MilestoneAnswer,
    OutcomeAnswer,
    pass_gate,
)
from pipeline.opportunities.services.people import (
    add_person,
    new_contact,
    remove_person,
)
from pipeline.opportunities.services.saved_views import (
    ask_otherwise,
    begin_with,
    edit_view,
    remove_view,
    save_view,
)
from pipeline.opportunities.services.sources import edit_source, note_import
from pipeline.opportunities.services.stages import (
    GateClosed,
    Standing,
    close,
    may_override,
    move,
    reopen,
    undo_move,
)

__all__ = [
    "AnswerRefused",
    "GateClosed",
    "MilestoneAnswer",
    "OutcomeAnswer",
    "StageEntry",
    "Standing",
    "add_outcome",
    "add_person",
    "ask_otherwise",
    "assign",
    "backfill_stage_history",
    "begin_with",
    "best",
    "close",
    "confirm_outcome",
    "create",
    "create_account",
    "create_contact",
    "create_product",
    "edit",
    "edit_outcome",
    "edit_record",
    "edit_source",
    "edit_view",
    "hand_over",
    "keep_apart",
    "may_override",
    "merge_into",
    "move",
    "new_contact",
    "note_activity",
    "note_import",
    "pass_gate",
    "record_milestone",
    "remove_outcome",
    "remove_person",
    "remove_view",
    "reopen",
    "save_view",
    "say_still_there",
    "set_next_step",
    "standing",
    "undo_move",
]
