"""Every change of a review: begun, decided, noted, finished, corrected."""

from pipeline.reviews.services.agenda import add_deal, begin, plan, talk_about
from pipeline.reviews.services.calling import nudge_due, prepare, to_prepare
from pipeline.reviews.services.correcting import correct
from pipeline.reviews.services.decisions import NewCommitment, decide, skip, take_back
from pipeline.reviews.services.finishing import finish
from pipeline.reviews.services.preparing import (
    Overtaken,
    Prepared,
    write_preparation,
)
from pipeline.reviews.services.talk import (
    ask,
    promise,
    withdraw_commitment,
    write_note,
    write_private_note,
)
from rhythm.calendar.services.course import (
    abandon,
    claim,
    go_to,
    hand_over,
    pause,
    resume,
)

__all__ = [
    "NewCommitment",
    "Overtaken",
    "Prepared",
    "abandon",
    "add_deal",
    "ask",
    "begin",
    "claim",
    "correct",
    "decide",
    "finish",
    "go_to",
    "hand_over",
    "nudge_due",
    "pause",
    "plan",
    "prepare",
    "promise",
    "resume",
    "skip",
    "take_back",
    "talk_about",
    "to_prepare",
    "withdraw_commitment",
    "write_note",
    "write_preparation",
    "write_private_note",
]
