"""The reviews that were held in the last weeks, with what was promised in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from pipeline.reviews.models import Decision, Review, ReviewItem
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.commitments.models import Commitment, CommitmentState
from rhythm.people.models import Team, User
from scorecards.demo.days import Days
from scorecards.demo.deal import Promise
from scorecards.demo.deals import Told

# Days ago. The latest is a week back, so that this week's is still to run.
HELD = (21, 14, 7)
DEALS_A_REVIEW = 12
PLANNED_MINUTES = 45
ROUTINE = (
    (Decision.KEEP, ""),
    (Decision.KEEP, ""),
    (Decision.COACH, "Whom have you not met yet, and why?"),
    (Decision.REQUALIFY, ""),
    (Decision.PARK, "Amount for the quarter"),
)


class ReviewWriter:
    """Writes a team's past reviews."""

    def __init__(self, days: Days, random: Random) -> None:
        self.days = days
        self.random = random

    def write(self, team: Team, told: list[Told]) -> None:
        """Create the team's held reviews with its open deals."""
        chair = team.manager
        assert chair is not None  # every team of the demo has one
        last = min(HELD)
        for days_ago in HELD:
            known = [each for each in told if each.deal.age > days_ago]
            # Deals with promises were talked about last time, the others by turns.
            known.sort(key=lambda each: not (each.deal.promises and days_ago == last))
            self._review(team, chair, days_ago, known[:DEALS_A_REVIEW])

    def _review(self, team: Team, chair: User, days_ago: int, told: list[Told]) -> None:
        started = self.days.ago(days_ago, 14)
        meeting = Meeting.objects.create(
            kind=MeetingKind.PIPELINE_REVIEW,
            state=MeetingState.HELD,
            team=team,
            chair=chair,
            starts_at=started,
            planned_minutes=PLANNED_MINUTES,
            started_at=started,
            ended_at=started + timedelta(minutes=PLANNED_MINUTES - 4),
        )
        review = Review.objects.create(
            meeting=meeting, elapsed_seconds=(PLANNED_MINUTES - 4) * 60
        )
        for position, each in enumerate(told, 1):
            self._item(review, each, position, days_ago)

    def _item(self, review: Review, told: Told, position: int, days_ago: int) -> None:
        is_last = days_ago == min(HELD)
        story = told.deal if is_last else None
        chair = review.meeting.chair
        decision, text = self.random.choice(ROUTINE)
        if story and story.promises:
            decision, text = Decision.KEEP, ""
        at = review.meeting.starts_at + timedelta(minutes=3 * position)
        item = ReviewItem.objects.create(
            review=review,
            opportunity=told.opportunity,
            position=position,
            compare_since=at - timedelta(days=7),
            decision=decision,
            decision_text=text,
            decided_by=chair,
            decided_at=at,
            note=story.note if story else "",
            seconds=150,
        )
        for promise in told.deal.promises if is_last else ():
            made = self._promise(promise, told, chair, review.meeting, at)
            item.commitments.add(made)
            told.opportunity.commitments.add(made)

    def _promise(
        self, promise: Promise, told: Told, chair: User, meeting: Meeting, at: datetime
    ) -> Commitment:
        due = self.days.on(promise.due_in)
        is_kept = promise.kept_ago is not None
        return Commitment.objects.create(
            what=promise.what,
            promiser=chair if promise.is_managers else told.owner,
            receiver=told.owner if promise.is_managers else chair,
            due_on=due,
            first_due_on=due,
            state=CommitmentState.KEPT if is_kept else CommitmentState.OPEN,
            kept_on=self.days.on(-(promise.kept_ago or 0)) if is_kept else None,
            made_in=meeting,
            about=told.deal.account,
            about_url=told.opportunity.get_absolute_url(),
            created_at=at,
        )
