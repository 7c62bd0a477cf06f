"""Puts the stories of deals into the database, their past included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
from pipeline.process.models import (
    AnswerKind,
    Importance,
    Milestone,
    MilestoneKind,
)
from rhythm.people.models import User
from scorecards.demo.copying import copy
from scorecards.demo.days import Days
from scorecards.demo.deal import Deal, Outcome
from scorecards.demo.evidence import answer_for, evidence_for
from scorecards.demo.history import write_changes
from scorecards.demo.moves import Past
from scorecards.demo.organisation import CRM, Company


@dataclass(frozen=True)
class Told:
    """A deal in the database, with its story and the people on the other side."""

    deal: Deal
    opportunity: Opportunity
    owner: User
    contacts: list[Contact]


class DealWriter:
    """Writes deals by the hundred: each kind of row in one statement."""

    def __init__(self, company: Company, days: Days) -> None:
        self.company = company
        self.days = days
        stages = list(company.process.stages.prefetch_related("milestones"))
        self.open_stages = [each for each in stages if each.is_open]
        self.closed_stages = {each.kind: each for each in stages if not each.is_open}
        self.kinds = {each.name: each for each in ActivityKind.objects.all()}
        self.past = Past(company, days, self.open_stages)

    def write(self, deals: Sequence[Deal]) -> list[Told]:
        """Create the deals with all that hangs on them, their past included."""
        accounts = self._accounts(deals)
        contacts = self._contacts(deals, accounts)
        opportunities = Opportunity.objects.bulk_create(
            self._opportunity(each, accounts[each.account]) for each in deals
        )
        told = [
            Told(deal, opportunity, opportunity.owner, people)
            for deal, opportunity, people in zip(
                deals, opportunities, contacts, strict=True
            )
        ]
        self._links(told)
        copy(
            MilestoneRecord,
            (record for each in told for record in self._milestones(each)),
        )
        CustomerOutcome.objects.bulk_create(
            self._outcome(each, each.deal.outcome) for each in told if each.deal.outcome
        )
        self._activities(told)
        write_changes(
            (each.opportunity, self.past.changes(each.deal, each.owner))
            for each in told
        )
        return told

    def _accounts(self, deals: Sequence[Deal]) -> dict[str, Account]:
        industries = {each.account: each.industry for each in deals}
        made = Account.objects.bulk_create(
            Account(name=name, industry=industry)
            for name, industry in industries.items()
        )
        return {each.name: each for each in made}

    def _contacts(
        self, deals: Sequence[Deal], accounts: dict[str, Account]
    ) -> list[list[Contact]]:
        """Return the contacts of each deal; a name is one contact of its account."""
        known: dict[tuple[str, str], Contact] = {}
        for deal in deals:
            for person in deal.people:
                known.setdefault(
                    (deal.account, person.name),
                    Contact(
                        account=accounts[deal.account],
                        name=person.name,
                        title=person.title,
                    ),
                )
        Contact.objects.bulk_create(known.values())
        return [
            [known[deal.account, person.name] for person in deal.people]
            for deal in deals
        ]

    def _opportunity(self, deal: Deal, account: Account) -> Opportunity:
        last = min((each.days_ago for each in deal.logged), default=None)
        gone = deal.gone_ago
        stage = self.open_stages[deal.stage]
        closing, from_crm = {}, {}
        if deal.closed:
            closing = {
                "outcome": deal.closed,
                "closed_on": self.days.on(-deal.closed_ago),
                "close_reason": deal.close_reason,
                "closed_from": stage,
                "stage": self.closed_stages[deal.closed],
            }
        if deal.crm_id:
            from_crm = {
                "source": CRM.name,
                "external_id": deal.crm_id,
                "external_url": f"{CRM.records}{deal.crm_id}",
            }
        values = {
            "name": deal.name,
            "account": account,
            "owner": self.company.people[deal.owner],
            "process": self.company.process,
            "stage": stage,
            "stage_since": self.days.ago(deal.stage_days),
            "amount": None if deal.amount is None else Decimal(deal.amount),
            "close_on": self.days.ahead(deal.close_in),
            "next_step": deal.next_step,
            "next_step_on": self.days.ahead(deal.next_in),
            "opened_on": self.days.on(-deal.age),
            "last_activity_at": None if last is None else self.days.ago(last, 11),
            "move_reason": deal.back[1] if deal.back else "",
            "created_at": self.days.ago(deal.age, 9),
            "gone_since": None if gone is None else self.days.ago(gone, 5),
        }
        return Opportunity(**{**values, **closing, **from_crm})

    def _links(self, told: Sequence[Told]) -> None:
        OpportunityContact.objects.bulk_create(
            [
                OpportunityContact(
                    opportunity=each.opportunity,
                    contact=contact,
                    role=person.role,
                    created_at=each.opportunity.created_at,
                )
                for each in told
                for contact, person in zip(each.contacts, each.deal.people, strict=True)
            ],
            ignore_conflicts=True,
        )
        products = Opportunity.products.through
        products.objects.bulk_create(
            products(
                opportunity_id=each.opportunity.pk,
                product_id=self.company.products[name].pk,
            )
            for each in told
            for name in each.deal.products
        )

    def _milestones(self, told: Told) -> Iterator[MilestoneRecord]:
        deal = told.deal
        for stage in self.open_stages[: deal.stage + 1]:
            is_behind = stage.position < self.open_stages[deal.stage].position
            milestones = list(stage.milestones.all())
            done = milestones if is_behind else milestones[: deal.met]
            ago = self.past.left_ago(deal, stage) + 1
            for each in done:
                if not is_behind or each.importance == Importance.REQUIRED:
                    yield self._record(each, told, ago)

    def _record(
        self, milestone: Milestone, told: Told, days_ago: int
    ) -> MilestoneRecord:
        needs_contact = (
            milestone.kind == MilestoneKind.CONFIRMED
            or milestone.answer_kind == AnswerKind.CONTACT
        )
        return MilestoneRecord(
            opportunity=told.opportunity,
            milestone=milestone,
            is_met=True,
            answer=answer_for(milestone),
            evidence=evidence_for(milestone),
            contact=told.contacts[0] if needs_contact and told.contacts else None,
            done_on=self.days.on(-days_ago),
            recorded_by=told.owner,
            recorded_at=self.days.ago(days_ago, 16),
        )

    def _outcome(self, told: Told, wanted: Outcome) -> CustomerOutcome:
        confirming: dict[str, object] = {}
        if wanted.by is not None and told.contacts:
            ago = min(wanted.days_ago, told.deal.age)
            confirming = {
                "confirmed_by": told.contacts[wanted.by],
                "confirmed_on": self.days.on(-ago),
                "confirmed_how": "In a meeting",
            }
        return CustomerOutcome(
            opportunity=told.opportunity,
            words=wanted.words,
            metric=wanted.metric,
            baseline=wanted.baseline,
            target=wanted.target,
            created_at=self.days.ago(min(wanted.days_ago, told.deal.age), 17),
            **confirming,
        )

    def _activities(self, told: Sequence[Told]) -> None:
        copy(
            Activity,
            (
                Activity(
                    kind=self.kinds[logged.kind],
                    owner=each.owner,
                    opportunity=each.opportunity,
                    account=each.opportunity.account,
                    happened_at=self.days.ago(logged.days_ago, 11),
                    created_at=self.days.ago(logged.days_ago, 18),
                    outcome=logged.outcome,
                    minutes=logged.minutes,
                )
                for each in told
                for logged in each.deal.logged
            ),
        )
