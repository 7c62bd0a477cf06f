"""Selling something new to a company: five steps, each with the buyer's beside it."""

from decimal import Decimal

from pipeline.process.drafts import MilestoneDraft, ProcessDraft, StageDraft

ENGAGE = StageDraft(
    name="Engage",
    buyer_step="Sees the problem",
    purpose="Find out whether this company has a problem that we solve well.",
    probability=Decimal("0.1"),
    stuck_days=14,
    idle_days=14,
    guidance="""\
You are here to learn, not to present. Leave the first meeting knowing **what the \
problem costs them**, or that there is none.

- Prepare one page on the company: what changed there this year?
- Ask before you tell. Demo nothing yet.
- No problem that hurts? Walk away kindly, and say when you will ask again.

> You may leave this stage when the customer has described, in their own words, \
what today costs them.""",
    questions=(
        "What happened at their end that made them talk to us now?",
        "What does the problem cost them, and who at their company says so?",
        "Who else there would notice if it went away?",
        "What would have to be true for you to stop spending time here?",
    ),
    milestones=(
        MilestoneDraft(
            title="Named contact with a problem we solve",
            kind="know",
            answer_kind="contact",
            hint="The person who has the problem, not only the one who answered.",
        ),
        MilestoneDraft(
            title="First meeting held",
            kind="do",
            hint="In person or on video, half an hour or more, with an agenda sent.",
        ),
        MilestoneDraft(
            title="Customer describes today's cost",
            kind="confirmed",
            hint="A number or a named consequence, said or written by the customer.",
        ),
        MilestoneDraft(
            title="What changed at their company this year",
            kind="know",
            importance="expected",
            hint="New leader, new rule, merger, growth: the reason why now.",
        ),
    ),
)

DISCOVER = StageDraft(
    name="Discover",
    buyer_step="Wants it solved",
    purpose="Agree with the customer what they want instead, and what it is worth.",
    probability=Decimal("0.2"),
    stuck_days=21,
    idle_days=14,
    guidance="""\
Find the **outcome**, the **person** who owns it and the **date** by which it matters. \
A need without all three waits.

1. Write the outcome down in the customer's words and send it back to them.
2. Work out the cost of doing nothing together, with their numbers.
3. Meet whoever carries that cost in their budget.

Our strongest rival in this stage is *doing nothing*.""",
    questions=(
        "What happens to them if they do nothing this year?",
        "Whose budget carries the cost of the problem today?",
        "What did they say, word for word, that they want to change?",
        "Who asked you questions, and who kept quiet?",
        "What would make you stop spending time here?",
    ),
    needs_outcome=True,
    milestones=(
        MilestoneDraft(
            title="Customer's desired outcome written in their words",
            kind="confirmed",
            hint="Send it to them; it counts when they say “yes, that is it”.",
        ),
        MilestoneDraft(
            title="Cost of doing nothing agreed",
            kind="confirmed",
            hint="Per month or year, worked out together. Not our estimate alone.",
        ),
        MilestoneDraft(
            title="Economic buyer",
            kind="know",
            answer_kind="contact",
            hint="Who can spend this money without asking anybody else?",
        ),
        MilestoneDraft(
            title="Talked to whoever carries the cost today",
            kind="do",
            importance="expected",
            hint="Not about us: about their year, and what this costs them.",
        ),
        MilestoneDraft(
            title="Why it must be solved by a date",
            kind="know",
            importance="expected",
            hint="An event on their side: an audit, a season, a contract that ends.",
        ),
    ),
)

VALIDATE = StageDraft(
    name="Validate",
    buyer_step="Compares options",
    purpose="Show that it works for them, by criteria that they set.",
    probability=Decimal("0.4"),
    stuck_days=24,
    idle_days=14,
    guidance="""\
Agree **how they will judge** before you show anything. A pilot without a signed \
criterion is a free trial.

- One page: what is tested, by whom, until when, and what happens if it works.
- Ask which other options they look at, building it themselves among them.
- Take work off their desk: security form, reference call, site visit.""",
    questions=(
        "How will the customer judge that it worked?",
        "Who else is solving this problem for them, including themselves?",
        "What has changed for them since you last spoke?",
        "Which part of the evaluation could we take off their desk?",
        "Who is testing us without your help, and what do they say?",
    ),
    milestones=(
        MilestoneDraft(
            title="Criteria for success signed off",
            kind="confirmed",
            hint="Theirs, in writing, before the pilot, demo or survey begins.",
        ),
        MilestoneDraft(
            title="Technical fit confirmed",
            kind="confirmed",
            hint="By the person who will have to run it.",
        ),
        MilestoneDraft(
            title="Their situation seen on site or on screen",
            kind="do",
            hint="A survey, a visit, a working session with their own data.",
        ),
        MilestoneDraft(
            title="Options they compare us with",
            kind="know",
            importance="expected",
            hint="Rivals, their own people, and leaving it as it is.",
        ),
    ),
)

PROPOSE = StageDraft(
    name="Propose",
    buyer_step="Weighs the risk",
    purpose="Help them to defend the decision inside their own house.",
    probability=Decimal("0.6"),
    stuck_days=21,
    idle_days=14,
    guidance="""\
Never send a proposal that nobody waits for. **Walk through it in person first**, \
then send what you agreed.

- Page one is theirs: their outcome, their number, their date. Price comes last.
- Write the way to the decision down together: who does what, on which day.
- Ask IT, legal and purchasing for their questions in the first week.

If the date moves twice, something else is the matter: ask what.""",
    questions=(
        "What has the customer done since the proposal that shows it matters to them?",
        "Take me from today to the signature: who does what, on which day?",
        "Who could still say no, and have we met them?",
        "What does our contact risk by choosing us?",
        "What would you need to hear to walk away?",
    ),
    milestones=(
        MilestoneDraft(
            title="Proposal with personal executive summary",
            kind="do",
            hint="One page in their words, read by your manager before it goes out.",
        ),
        MilestoneDraft(
            title="Business case agreed",
            kind="confirmed",
            hint="Their numbers, confirmed by whoever spends the money.",
        ),
        MilestoneDraft(
            title="Decision process written down with dates",
            kind="confirmed",
            hint="Every name and step up to the signature, confirmed by them.",
        ),
        MilestoneDraft(
            title="Security and data questions",
            kind="know",
            importance="expected",
            answer_kind="choice",
            choices=("None asked", "Answered", "Still open"),
            hint="Ask early; this is where weeks are lost.",
        ),
    ),
)

NEGOTIATE = StageDraft(
    name="Negotiate",
    buyer_step="Approves and signs",
    purpose="Get to a signature that both sides are glad about in a year.",
    probability=Decimal("0.8"),
    stuck_days=18,
    idle_days=7,
    guidance="""\
Everything that you give has a price: **trade, never discount**. A date, a reference, \
a longer term, a faster start.

- Talk to the person who signs, not only to purchasing.
- Name who will run the roll-out on their side before they sign.
- Write down what was promised; others will have to keep it.""",
    questions=(
        "What did the customer say the signature depends on?",
        "What happens inside their house between now and that date?",
        "Who is worse off on their side if this goes ahead?",
        "What did we get for what we gave?",
        "What is your plan if the date moves again?",
    ),
    milestones=(
        MilestoneDraft(
            title="Signature date agreed",
            kind="confirmed",
            hint="Said by the person who signs.",
        ),
        MilestoneDraft(
            title="Legal terms settled",
            kind="confirmed",
            hint="Their lawyer has said yes to the last version.",
        ),
        MilestoneDraft(
            title="Roll-out owner named",
            kind="know",
            answer_kind="contact",
            hint="A name and time in their calendar.",
        ),
        MilestoneDraft(
            title="Hand-over to delivery prepared",
            kind="do",
            importance="expected",
            hint="Outcome, people, promises and risks on one page.",
        ),
    ),
)

NEW_BUSINESS = ProcessDraft(
    name="New business",
    description=(
        "From the first conversation to the signature, with a new customer or with a "
        "new need of a customer."
    ),
    stages=(ENGAGE, DISCOVER, VALIDATE, PROPOSE, NEGOTIATE),
)
