"""What people wrote beside a milestone that is met."""

from __future__ import annotations

from pipeline.process.models import AnswerKind, Milestone, MilestoneKind

# Milestones are the starter process's; any other gets the plain words of its kind.
EVIDENCE = {
    "First meeting held": "45 minutes on site, agenda sent the day before",
    "Customer describes today's cost": "A stopped line costs them €11,000 an hour",
    "Customer's desired outcome written in their words": "Read back and corrected",
    "Cost of doing nothing agreed": "About €240,000 a year, their own figures",
    "Talked to whoever carries the cost today": "Call with the production lead",
    "Criteria for success signed off": "One page, signed by the maintenance lead",
    "Technical fit confirmed": "Their engineer tested two sensors for a week",
    "Their situation seen on site or on screen": "Survey of both lines, 14 pictures",
    "Proposal with personal executive summary": "Sent, read by the manager before",
    "Business case agreed": "Pays back in 11 months by their own numbers",
    "Decision process written down with dates": "Four steps, each with a name",
    "Signature date agreed": "Said by the one who signs",
    "Legal terms settled": "Liability cap agreed between the lawyers",
    "Roll-out owner named": "Named by the plant director",
}
PLAIN = {
    MilestoneKind.KNOW: "",
    MilestoneKind.DO: "Done, notes in the CRM",
    MilestoneKind.CONFIRMED: "Confirmed in a call",
}


def evidence_for(milestone: Milestone) -> str:
    """Return the line of evidence for a milestone that is met."""
    return EVIDENCE.get(milestone.title, PLAIN[MilestoneKind(milestone.kind)])


def answer_for(milestone: Milestone) -> str:
    """Return the answer to a thing to know, in the form that it asks for."""
    if milestone.kind != MilestoneKind.KNOW:
        return ""
    if milestone.answer_kind == AnswerKind.NUMBER:
        return "12"
    if milestone.answer_kind == AnswerKind.CHOICE:
        return str(milestone.choices[0])
    if milestone.answer_kind == AnswerKind.CONTACT:
        return ""
    return "Told us in the last conversation; see the notes of that day."
