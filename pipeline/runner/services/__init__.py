"""Every change of how a meeting is run: prepared, begun, talked, finished, voted on."""

from pipeline.runner.services.answering import (
    answer,
    ask,
    close,
    require_open,
    to_close,
    unask,
)
from pipeline.runner.services.blocks import (
    add_block,
    choose_case,
    drop_block,
    edit_block,
    move_block,
)
from pipeline.runner.services.finishing import finish
from pipeline.runner.services.preparing import prepare, to_prepare
from pipeline.runner.services.running import (
    abandon,
    begin,
    go_to,
)
from pipeline.runner.services.talk import promise, say, withdraw, write_note
from pipeline.runner.services.voting import vote
from rhythm.calendar.services.course import hand_over, pause, resume

__all__ = [
    "abandon",
    "add_block",
    "answer",
    "ask",
    "begin",
    "choose_case",
    "close",
    "drop_block",
    "edit_block",
    "finish",
    "go_to",
    "hand_over",
    "move_block",
    "pause",
    "prepare",
    "promise",
    "require_open",
    "resume",
    "say",
    "to_close",
    "to_prepare",
    "unask",
    "vote",
    "withdraw",
    "write_note",
]
