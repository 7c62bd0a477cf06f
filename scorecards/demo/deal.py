"""The shape of a deal's story. All days count from today; the past is positive."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Person:
    """A contact with a part in the deal."""

    name: str
    title: str
    role: str = ""


@dataclass(frozen=True)
class Slip:
    """The close date moved `days_ago`, from the day that is `was_in` days ahead."""

    days_ago: int
    was_in: int


@dataclass(frozen=True)
class Logged:
    """An activity. `kind` is the name of an activity kind."""

    days_ago: int
    kind: str
    outcome: str
    minutes: int | None = None


@dataclass(frozen=True)
class Promise:
    """A commitment, made in the last review. `kept_ago` None leaves it open."""

    what: str
    due_in: int
    kept_ago: int | None = None
    # True when the manager promised it to the rep.
    is_managers: bool = False


@dataclass(frozen=True)
class Said:
    """A comment or a question by the person of that key, and the owner's answer."""

    days_ago: int
    by: str
    text: str
    asks: bool = False
    answer: str = ""
    answered_ago: int = 0


@dataclass(frozen=True)
class Outcome:
    """What the customer wants. `by` is the position of a contact; None: unconfirmed."""

    words: str
    metric: str = ""
    baseline: str = ""
    target: str = ""
    by: int | None = 0
    days_ago: int = 30


@dataclass(frozen=True)
class Deal:
    """One deal, its present and what led there."""

    account: str
    name: str
    owner: str
    amount: int | None
    # 0 is the first open stage.
    stage: int
    # So many days after it was opened, and in its stage.
    age: int
    stage_days: int
    # Days until the expected close; negative is overdue. None: nobody has said.
    close_in: int | None
    next_step: str = ""
    next_in: int | None = None
    # How many of its stage's milestones are met, from the first.
    met: int = 0
    people: tuple[Person, ...] = ()
    outcome: Outcome | None = None
    slips: tuple[Slip, ...] = ()
    # (days ago, the amount before)
    amount_was: tuple[int, int] | None = None
    # It came back from the stage after this one, so many days ago, for that reason.
    back: tuple[int, str] | None = None
    logged: tuple[Logged, ...] = ()
    promises: tuple[Promise, ...] = ()
    said: tuple[Said, ...] = ()
    note: str = ""
    industry: str = ""
    # For a closed deal: won, lost or walked_away, with the reason.
    closed: str = ""
    closed_ago: int = 0
    close_reason: str = ""
    # So many days ago it came from the colleague of that key, who left.
    owner_was: tuple[int, str] | None = None
    # Its id in the CRM of the team, if that has one; when an export lacked it.
    crm_id: str = ""
    gone_ago: int | None = None
    products: tuple[str, ...] = field(default=())
