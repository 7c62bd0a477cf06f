"""The reviews of two years, with what was decided and promised in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from pipeline.opportunities.models import Opportunity
from pipeline.reviews import services
from pipeline.reviews.models import Review, ReviewItem
from pipeline.reviews.selectors.proposal import propose_for
from rhythm.calendar.models import Meeting, MeetingKind, MeetingState
from rhythm.commitments.models import Commitment
from rhythm.people.models import Team
from scorecards.demo import preparing, promises
from scorecards.demo.cast import PEOPLE, TEAMS
from scorecards.demo.days import Days
from scorecards.demo.deals import Told
from scorecards.demo.decisions import Decisions
from scorecards.demo.moves import Past
from scorecards.demo.occasions import (
    PLANNED_MINUTES,
    Occasion,
    monthly,
    next_start,
    weekly,
)
from scorecards.demo.organisation import Company

SEED = 48
# Reviews of so many weeks are told in full; of older ones the decisions are known.
FULL_DAYS = 63
DEALS_A_REVIEW, DEALS_OF_OLD, DEALS_OF_LEADERS = 12, 4, 6
ABANDONED = ("Half of the team was on a call with a customer", "The line broke down")


@dataclass
class Rows:
    """What is written at once, since each kind of row is one statement."""

    meetings: list[Meeting] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    items: list[ReviewItem] = field(default_factory=list)
    # Each commitment with its item and its deal.
    promised: list[tuple[ReviewItem, Told, Commitment]] = field(default_factory=list)


class ReviewWriter:
    """Writes the past reviews of all teams, and plans this week's."""

    def __init__(self, company: Company, days: Days, past: Past) -> None:
        self.company = company
        self.days = days
        self.random = Random(SEED)  # noqa: S311 (a story, not a secret)
        self.decisions = Decisions(self.random, past)
        self.rows = Rows()
        # The last review of each team that sells.
        self.latest: dict[str, Occasion] = {}

    def write(self, told: Sequence[Told]) -> None:
        """Create the held reviews."""
        sellers = {each.key: each.team for each in PEOPLE if each.is_rep}
        for number, team in enumerate(TEAMS):
            own = [each for each in told if sellers[each.deal.owner] == team.name]
            if own:
                held = weekly(self.random, self.days, number=number)
                self.latest[team.name] = held[0]
            else:
                own = [each for each in told if self._is_below(team.name, each)]
                held = monthly(self.random, self.days, number=number)
            for occasion in held:
                self._review(
                    self.company.teams[team.name],
                    own,
                    occasion,
                    self.latest.get(team.name),
                )
        self._save()

    def plan(self) -> None:
        """Plan the next review of each team that sells. Asks as pages do."""
        for name, occasion in self.latest.items():
            self._plan(self.company.teams[name], occasion)

    def _is_below(self, name: str, told: Told) -> bool:
        """Return whether the deal is in a team below the one of that name."""
        parents = {each.name: each.parent for each in TEAMS}
        team = next(each.team for each in PEOPLE if each.key == told.deal.owner)
        while team and team != name:
            team = parents[team]
        return team == name

    def _review(
        self,
        team: Team,
        told: Sequence[Told],
        occasion: Occasion,
        latest: Occasion | None,
    ) -> None:
        chair = team.manager
        assert chair is not None  # every team of the demo has one
        starts = self.days.ago(occasion.days_ago, occasion.hour)
        started = starts + timedelta(minutes=occasion.late)
        state = MeetingState.HELD
        if occasion.is_abandoned:
            state = MeetingState.ABANDONED
        meeting = Meeting(
            kind=MeetingKind.PIPELINE_REVIEW,
            state=state,
            team=team,
            chair=chair,
            starts_at=starts,
            planned_minutes=PLANNED_MINUTES,
            started_at=started,
            ended_at=started + timedelta(minutes=occasion.took),
        )
        review = Review(meeting=meeting, elapsed_seconds=occasion.took * 60)
        if occasion.is_abandoned:
            review.abandon_reason = self.random.choice(ABANDONED)
        self.rows.meetings.append(meeting)
        self.rows.reviews.append(review)
        if occasion.is_abandoned:
            return
        is_latest = occasion == latest
        agenda = self._agenda(told, occasion, latest)
        for position, each in enumerate(agenda, 1):
            self._item(review, each, position, occasion, is_latest=is_latest)

    def _agenda(
        self, told: Sequence[Told], occasion: Occasion, latest: Occasion | None
    ) -> list[Told]:
        """Return what was talked about: what had just moved, then by turns."""
        ago = occasion.days_ago
        known = [
            each
            for each in told
            if each.deal.age > ago
            and (not each.deal.closed or each.deal.closed_ago < ago)
        ]
        if occasion == latest and any(each.deal.promises for each in known):
            # Deals with promises were talked about last time, then the other stories.
            return sorted(known, key=lambda each: not each.deal.promises)[
                :DEALS_A_REVIEW
            ]
        if latest is None:
            known.sort(key=lambda each: -(each.deal.amount or 0))
            return known[:DEALS_OF_LEADERS]
        count = DEALS_A_REVIEW - 3 if ago < FULL_DAYS else DEALS_OF_OLD
        moved = [each for each in known if self.decisions.change_of(each.deal, ago)]
        others = [each for each in known if each not in moved]
        picked = self.random.sample(others, min(count, len(others)))
        return [*moved[:2], *picked][:count]

    def _item(
        self,
        review: Review,
        told: Told,
        position: int,
        occasion: Occasion,
        *,
        is_latest: bool,
    ) -> None:
        meeting, ago = review.meeting, occasion.days_ago
        started = meeting.started_at
        assert started is not None  # it was held
        at = started + timedelta(minutes=3 * position)
        item = ReviewItem(
            review=review,
            opportunity=told.opportunity,
            position=position,
            compare_since=at - timedelta(days=7),
            seconds=self.random.randint(70, 260),
        )
        self.decisions.decide(
            item, told, ago, at, is_latest=is_latest, is_full=ago < FULL_DAYS
        )
        self.rows.items.append(item)
        if is_latest and told.deal.promises:
            for promise in told.deal.promises:
                due = promises.told_in_story(promise)
                self._promise(item, told, promise.what, due, promise.is_managers)
        elif item.decision and self.random.random() < 0.28:
            self._chance(item, told, ago)

    def _chance(self, item: ReviewItem, told: Told, ago: int) -> None:
        """Let chance promise something in the review of so many days ago."""
        is_managers = self.random.random() < 0.12
        pool = promises.MANAGERS_PROMISE if is_managers else promises.REPS_PROMISE
        what = self.random.choice(pool)
        due = promises.become(self.random, self.days, ago, is_managers=is_managers)
        if promises.may_promise(told, ago):
            self._promise(item, told, what, due, is_managers)

    def _promise(
        self,
        item: ReviewItem,
        told: Told,
        what: str,
        due: promises.Due,
        is_managers: bool,
    ) -> None:
        meeting = item.review.meeting
        made = promises.make(
            what,
            due,
            told,
            meeting=meeting,
            at=item.decided_at or meeting.starts_at,
            days=self.days,
            is_managers=is_managers,
        )
        self.rows.promised.append((item, told, made))

    def _save(self) -> None:
        rows = self.rows
        Meeting.objects.bulk_create(rows.meetings)
        Review.objects.bulk_create(rows.reviews)
        ReviewItem.objects.bulk_create(rows.items)
        Commitment.objects.bulk_create(made for _i, _t, made in rows.promised)
        of_items = ReviewItem.commitments.through
        of_items.objects.bulk_create(
            of_items(reviewitem_id=item.pk, commitment_id=made.pk)
            for item, _told, made in rows.promised
        )
        of_deals = Opportunity.commitments.through
        of_deals.objects.bulk_create(
            of_deals(opportunity_id=told.opportunity.pk, commitment_id=made.pk)
            for _item, told, made in rows.promised
        )

    def _plan(self, team: Team, latest: Occasion) -> None:
        """Plan the team's next review, with the agenda that the product proposes."""
        chair, now = team.manager, self.days.now
        assert chair is not None  # every team of the demo has one
        proposal = propose_for(
            team, viewer=chair, minutes=PLANNED_MINUTES, ticked=None, added=(), now=now
        )
        review = services.plan(
            team,
            chair=chair,
            starts_at=next_start(self.days, latest),
            minutes=PLANNED_MINUTES,
            talk=[each.pk for each in proposal.talk],
            exceptions=[each.pk for each in proposal.exceptions],
            now=now,
        )
        preparing.prepare(review, now)
