"""Keeping a customer: begin long before the contract ends."""

from decimal import Decimal

from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft

PREPARE = StageDraft(
    name="Prepare",
    buyer_step="Uses what they bought",
    purpose="Know what the customer got out of it, before asking for more.",
    probability=Decimal("0.5"),
    stuck_days=45,
    idle_days=30,
    guidance="""\
Begin **four months before the end**. Look at what was promised when they bought, and \
at what came of it.

- Read the outcomes of the first deal again.
- Talk to the people who use it, not only to the one who signs.
- Bad news first: list what went wrong and what we did about it.""",
    questions=(
        "What did we promise them, and what came of it?",
        "Who uses it every week, and who stopped?",
        "What would they miss on the day it was switched off?",
        "Who has come or gone on their side since they signed?",
    ),
    milestones=(
        MilestoneDraft(
            title="Results so far written down",
            kind="do",
            hint="Against the outcomes they bought it for, in their numbers.",
        ),
        MilestoneDraft(
            title="Who decides this time",
            kind="know",
            answer_kind="contact",
            hint="Often not the person who signed the first contract.",
        ),
        MilestoneDraft(
            title="Users say what they would miss",
            kind="confirmed",
            importance="expected",
            hint="Two people who work with it every week.",
        ),
        MilestoneDraft(
            title="Open complaints",
            kind="know",
            importance="expected",
            answer_kind="number",
            hint="How many are open today? None is an answer too: 0.",
        ),
    ),
)

REVIEW_VALUE = StageDraft(
    name="Review the value",
    buyer_step="Judges whether it was worth it",
    purpose="Let the customer say what it was worth, and what should be better.",
    probability=Decimal("0.7"),
    stuck_days=30,
    idle_days=21,
    guidance="""\
One meeting, two halves: **what it was worth**, then **what comes next**. They talk \
first.

- Bring the person who decides.
- Write down the result in their words, and have it confirmed.
- Mend what is broken before you speak of price.""",
    questions=(
        "What did they say it was worth, in their own words?",
        "What do they want next that they do not have today?",
        "Who on their side would rather have something else?",
        "What did you hear that you did not like?",
    ),
    needs_outcome=True,
    milestones=(
        MilestoneDraft(
            title="Value meeting held with the person who decides",
            kind="do",
            hint="Not a mail and not a survey: a conversation.",
        ),
        MilestoneDraft(
            title="Result confirmed by the customer",
            kind="confirmed",
            hint="“It saved us …”, said or written by them.",
        ),
        MilestoneDraft(
            title="What they look at instead",
            kind="know",
            importance="expected",
            hint="Rivals, their own people, or going without.",
        ),
    ),
)

AGREE = StageDraft(
    name="Agree the terms",
    buyer_step="Weighs staying against leaving",
    purpose="Agree on what stays, what changes, and from when.",
    probability=Decimal("0.85"),
    stuck_days=21,
    idle_days=14,
    guidance="""\
Offer **one clear next term** and one that grows with them. Say what changes in price, \
and why, yourself and early.""",
    questions=(
        "What changes for them in the next term, and do they want it?",
        "What did they ask for that we should say no to?",
        "When does their notice period end, and do they know?",
        "What would make them leave in the last week?",
    ),
    milestones=(
        MilestoneDraft(
            title="Offer talked through in person",
            kind="do",
            hint="Before it is sent.",
        ),
        MilestoneDraft(
            title="Terms agreed in words",
            kind="confirmed",
            hint="By the person who decides.",
        ),
        MilestoneDraft(
            title="Last day of notice",
            kind="know",
            hint="The date after which the contract renews or ends by itself.",
        ),
    ),
)

SIGN = StageDraft(
    name="Sign",
    buyer_step="Signs again",
    purpose="Sign before the old contract ends.",
    probability=Decimal("0.95"),
    stuck_days=14,
    idle_days=7,
    guidance="Do not let it run out on paper: **book the signature as a meeting**.",
    questions=(
        "Who signs, on which day, and what could keep them from it?",
        "What did we promise for the first month of the new term?",
        "What have we learned that another customer should hear?",
        "Whom could this customer introduce us to?",
    ),
    milestones=(
        MilestoneDraft(
            title="Signature date agreed",
            kind="confirmed",
            hint="Before the last day of the old contract.",
        ),
        MilestoneDraft(
            title="Purchase order or signed contract announced",
            kind="know",
            importance="expected",
            hint="Its number, or who sends it.",
        ),
        MilestoneDraft(
            title="Asked for a referral",
            kind="do",
            importance="optional",
            hint="There is no better day to ask.",
        ),
    ),
)

RENEWAL = ProcessDraft(
    name="Renewal",
    description="Another term with a customer, begun four months before the end.",
    stages=(PREPARE, REVIEW_VALUE, AGREE, SIGN),
)
