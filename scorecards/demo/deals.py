"""Puts one deal's story into the database, its past included."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from pipeline.activities.models import Activity, ActivityKind
from pipeline.opportunities.models import (
    Account,
    Contact,
    CustomerOutcome,
    MilestoneRecord,
    Opportunity,
    OpportunityContact,
)
from pipeline.process.models import Importance, Milestone, MilestoneKind, Stage
from rhythm.people.models import User
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal
from scorecards.demo.evidence import answer_for, evidence_for
from scorecards.demo.history import PastChange, write_changes
from scorecards.demo.organisation import Company


class DealWriter:
    """Writes deals, with what they share read once."""

    def __init__(self, company: Company, days: Days) -> None:
        self.company = company
        self.days = days
        stages = list(company.process.stages.prefetch_related("milestones"))
        self.open_stages = [each for each in stages if each.is_open]
        self.closed_stages = {each.kind: each for each in stages if not each.is_open}
        self.kinds = {each.name: each for each in ActivityKind.objects.all()}

    def write(self, deal: Deal) -> Opportunity:
        """Create the deal with people, milestones, outcome, activities and history."""
        owner = self.company.people[deal.owner]
        account = self._account(deal)
        opportunity = self._opportunity(deal, owner, account)
        contacts = self._contacts(deal, opportunity, account)
        self._milestones(deal, opportunity, owner, contacts)
        self._outcome(deal, opportunity, contacts)
        self._activities(deal, opportunity, owner, contacts)
        write_changes(opportunity, self._past(deal, opportunity, owner))
        return opportunity

    def _account(self, deal: Deal) -> Account:
        account, _ = Account.objects.get_or_create(
            name=deal.account, defaults={"industry": deal.industry}
        )
        return account

    def _opportunity(self, deal: Deal, owner: User, account: Account) -> Opportunity:
        last = min((each.days_ago for each in deal.logged), default=None)
        stage = self.open_stages[deal.stage]
        closing = {}
        if deal.closed:
            closing = {
                "outcome": deal.closed,
                "closed_on": self.days.on(-deal.closed_ago),
                "close_reason": deal.close_reason,
                "closed_from": stage,
                "stage": self.closed_stages[deal.closed],
            }
        values = {
            "name": deal.name,
            "account": account,
            "owner": owner,
            "process": self.company.process,
            "stage": stage,
            "stage_since": self.days.ago(deal.stage_days),
            "amount": None if deal.amount is None else Decimal(deal.amount),
            "close_on": None if deal.close_in is None else self.days.on(deal.close_in),
            "next_step": deal.next_step,
            "next_step_on": None
            if deal.next_in is None
            else self.days.on(deal.next_in),
            "opened_on": self.days.on(-deal.age),
            "last_activity_at": None if last is None else self.days.ago(last),
            "move_reason": deal.back[1] if deal.back else "",
            "created_at": self.days.ago(deal.age, 9),
            **closing,
        }
        opportunity = Opportunity.objects.create(**values)
        opportunity.products.set([self.company.products[n] for n in deal.products])
        return opportunity

    def _contacts(
        self, deal: Deal, opportunity: Opportunity, account: Account
    ) -> list[Contact]:
        contacts = []
        for each in deal.people:
            contact, _ = Contact.objects.get_or_create(
                account=account, name=each.name, defaults={"title": each.title}
            )
            contacts.append(contact)
        OpportunityContact.objects.bulk_create(
            [
                OpportunityContact(
                    opportunity=opportunity, contact=contact, role=person.role
                )
                for contact, person in zip(contacts, deal.people, strict=True)
            ],
            ignore_conflicts=True,
        )
        return contacts

    def _milestones(
        self,
        deal: Deal,
        opportunity: Opportunity,
        owner: User,
        contacts: list[Contact],
    ) -> None:
        records = []
        for stage in self.open_stages[: deal.stage + 1]:
            is_behind = stage.position < self.open_stages[deal.stage].position
            milestones = list(stage.milestones.all())
            done = milestones if is_behind else milestones[: deal.met]
            ago = self._left_ago(deal, stage) + 1
            records += [
                self._record(each, opportunity, owner, contacts, ago)
                for each in done
                if not is_behind or each.importance == Importance.REQUIRED
            ]
        MilestoneRecord.objects.bulk_create(records)

    def _record(
        self,
        milestone: Milestone,
        opportunity: Opportunity,
        owner: User,
        contacts: list[Contact],
        days_ago: int,
    ) -> MilestoneRecord:
        contact = contacts[0] if contacts else None
        needs_contact = (
            milestone.kind == MilestoneKind.CONFIRMED
            or milestone.answer_kind == "contact"
        )
        return MilestoneRecord(
            opportunity=opportunity,
            milestone=milestone,
            is_met=True,
            answer=answer_for(milestone),
            evidence=evidence_for(milestone),
            contact=contact if needs_contact else None,
            done_on=self.days.on(-days_ago),
            recorded_by=owner,
            recorded_at=self.days.ago(days_ago, 16),
        )

    def _outcome(
        self, deal: Deal, opportunity: Opportunity, contacts: list[Contact]
    ) -> None:
        told = deal.outcome
        if told is None:
            return
        confirmed = told.by is not None and contacts
        CustomerOutcome.objects.create(
            opportunity=opportunity,
            words=told.words,
            metric=told.metric,
            baseline=told.baseline,
            target=told.target,
            confirmed_by=contacts[told.by or 0] if confirmed else None,
            confirmed_on=self.days.on(-min(told.days_ago, deal.age))
            if confirmed
            else None,
            confirmed_how="In a meeting" if confirmed else "",
        )

    def _activities(
        self,
        deal: Deal,
        opportunity: Opportunity,
        owner: User,
        contacts: list[Contact],
    ) -> None:
        made = Activity.objects.bulk_create(
            Activity(
                kind=self.kinds[each.kind],
                owner=owner,
                opportunity=opportunity,
                account=opportunity.account,
                happened_at=self.days.ago(each.days_ago, 11),
                outcome=each.outcome,
                minutes=each.minutes,
            )
            for each in deal.logged
        )
        if contacts and made:
            made[0].contacts.add(contacts[0])

    def _left_ago(self, deal: Deal, stage: Stage) -> int:
        """Return how many days ago the deal left `stage`; 0 for the one it is in."""
        steps = deal.stage - (stage.position - self.open_stages[0].position)
        if steps <= 0:
            return min(2, deal.age)
        between = (deal.age - deal.stage_days) / (deal.stage or 1)
        return round(deal.stage_days + (steps - 1) * between)

    def _past(
        self, deal: Deal, opportunity: Opportunity, owner: User
    ) -> list[PastChange]:
        """Return the changes that led to the deal as it is."""
        by = owner.pk
        changes = [
            PastChange(
                self.days.ago(each.days_ago, 15),
                by,
                {"close_on": self.days.on(each.was_in)},
            )
            for each in deal.slips
        ]
        if deal.amount_was:
            ago, before = deal.amount_was
            changes.append(
                PastChange(self.days.ago(ago, 14), by, {"amount": Decimal(before)})
            )
        return changes + self._stage_moves(deal, by)

    def _stage_moves(self, deal: Deal, by: int) -> list[PastChange]:
        stages = self.open_stages
        moves = []
        if deal.closed:
            before = {
                "stage_id": stages[deal.stage].pk,
                "outcome": "",
                "closed_on": None,
                "closed_from_id": None,
                "close_reason": "",
            }
            moves.append(PastChange(self.days.ago(deal.closed_ago, 17), by, before))
        if deal.back:
            ago = deal.back[0]
            before = {"stage_id": stages[deal.stage + 1].pk, "move_reason": ""}
            moves.append(PastChange(self.days.ago(ago, 12), by, before))
            first = PastChange(
                self.days.ago(ago + 12, 12), by, {"stage_id": stages[deal.stage].pk}
            )
            moves.append(first)
        for stage in stages[: deal.stage]:
            left: datetime = self.days.ago(self._left_ago(deal, stage))
            if deal.back:
                left -= timedelta(days=14)
            moves.append(PastChange(left, by, {"stage_id": stage.pk}))
        return moves
