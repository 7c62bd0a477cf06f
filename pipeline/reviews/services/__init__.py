"""Every change of a review: begun, decided, noted, finished, corrected."""

from pipeline.reviews.services.agenda import add_deal, begin, plan, talk_about
from pipeline.reviews.services.calling import prepare, to_prepare
from pipeline.reviews.services.correcting import correct
from pipeline.reviews.services.decisions import NewCommitment, decide, skip, take_back
from pipeline.reviews.services.finishing import Undecided, finish
from pipeline.reviews.services.running import (
    abandon,
    claim,
    go_to,
    hand_over,
    pause,
    resume,
)
from pipeline.reviews.services.talk import (
    ask,
    promise,
    withdraw_commitment,
    write_note,
    write_private_note,
)

__all__ = [
    "NewCommitment",
    "Undecided",
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
    "write_private_note",
]
