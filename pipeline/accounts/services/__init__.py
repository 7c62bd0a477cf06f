"""Every change of a plan, and of an account review."""

from pipeline.accounts.services.agenda import (
    add_plan,
    begin,
    drop_plan,
    prepare,
    to_prepare,
)
from pipeline.accounts.services.deciding import (
    decide,
    promise,
    skip,
    take_back,
    write_note,
    write_private_note,
)
from pipeline.accounts.services.finishing import finish
from pipeline.accounts.services.plans import (
    add_move,
    add_part,
    add_person,
    create_plan,
    edit_part,
    edit_plan,
    hand_over,
    remove_part,
    say_of_field,
)
from rhythm.calendar.services.course import abandon, claim, go_to, pause, resume
from rhythm.calendar.services.course import hand_over as hand_over_chair

__all__ = [
    "abandon",
    "add_move",
    "add_part",
    "add_person",
    "add_plan",
    "begin",
    "claim",
    "create_plan",
    "decide",
    "drop_plan",
    "edit_part",
    "edit_plan",
    "finish",
    "go_to",
    "hand_over",
    "hand_over_chair",
    "pause",
    "prepare",
    "promise",
    "remove_part",
    "resume",
    "say_of_field",
    "skip",
    "take_back",
    "to_prepare",
    "write_note",
    "write_private_note",
]
