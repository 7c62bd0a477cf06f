"""Account plans of the demo, one review of them held, and the next one planned."""

from __future__ import annotations

from datetime import time, timedelta

from pipeline.accounts import services
from pipeline.accounts.models import (
    AccountPlan,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.opportunities.models import Account, Contact
from rhythm.calendar import services as meetings
from rhythm.calendar.models import Meeting, MeetingKind
from rhythm.people.models import User
from scorecards.demo.days import Days
from scorecards.demo.organisation import Company
from scorecards.demo.plan_stories import BEGAN, STORIES, Mapped, Story

# So many days ago the plans were gone through; in so many it is done again.
REVIEWED, NEXT = 21, 5


def tell(company: Company, days: Days) -> None:
    """Write the plans, hold a review of them, plan the next, and go on since then."""
    plans = [_plan(story, company, days) for story in STORIES]
    ahead = _meeting(company, days, -NEXT)
    _review(plans, company, days)
    for story, plan in zip(STORIES, plans, strict=True):
        _since(story, plan, company, days)
    services.prepare(ahead, now=days.now)


def _plan(story: Story, company: Company, days: Days) -> AccountPlan:
    account, began = Account.objects.get(name=story.account), days.ago(BEGAN)
    owner = company.people[story.owner]
    plan = AccountPlan.objects.create(
        account=account,
        owner=owner,
        goal=story.goal,
        why=story.why,
        created_at=began,
    )
    for each in story.people:
        if each.days_ago == BEGAN:
            _person(each, plan, company, days)
    areas = [
        PlanArea.objects.create(plan=plan, name=name, created_at=began)
        for name in story.areas
    ]
    for place, product, state, note in story.field:
        FieldCell.objects.create(
            plan=plan,
            area=areas[place] if place >= 0 else None,
            product=company.products[product],
            state=state,
            note=note,
            created_at=began,
        )
    for what, severity, response in story.risks:
        _risk(plan, what, severity, response, owner, days)
    _risk(plan, *story.closed[:2], "", owner, days)
    return plan


def _person(each: Mapped, plan: AccountPlan, company: Company, days: Days) -> None:
    contacts = Contact.objects.filter(account=plan.account, name=each.name)
    contact = contacts.first() or Contact.objects.create(
        account=plan.account, name=each.name, title=each.title
    )
    above = PlanPerson.objects.filter(plan=plan, contact__name=each.reports_to)
    PlanPerson.objects.create(
        plan=plan,
        contact=contact,
        level=each.level,
        side=each.side,
        part=each.part,
        attitude=each.attitude,
        bond=each.bond,
        known_by=company.people.get(each.known_by),
        reports_to=above.first(),
        note=each.note,
        created_at=days.ago(each.days_ago),
    )


def _risk(
    plan: AccountPlan, what: str, severity: str, response: str, who: User, days: Days
) -> None:
    PlanRisk.objects.create(
        plan=plan,
        what=what,
        severity=severity,
        response=response,
        who=who if response else None,
        created_at=days.ago(BEGAN),
    )


def _meeting(company: Company, days: Days, days_ago: int) -> Meeting:
    """Return a meeting of Lena's with her team on a working day, at two."""
    return meetings.make_meeting(
        kind=MeetingKind.ACCOUNT_REVIEW,
        subject=company.teams["Central"],
        chair=company.people["lena"],
        starts_at=days.at(-days.workday(days_ago), time(14)),
        minutes=60,
        time_zone=days.zone.key,
    )


def _review(plans: list[AccountPlan], company: Company, days: Days) -> None:
    meeting = _meeting(company, days, REVIEWED)
    lena, start = company.people["lena"], meeting.starts_at
    review = services.prepare(meeting, now=start - timedelta(days=1))
    services.begin(review, by=lena, now=start)
    for number, (story, plan) in enumerate(zip(STORIES, plans, strict=True), 1):
        at = start + timedelta(minutes=15 * number)
        # Her own plan is none of her team's: she has put it on the agenda.
        item = services.add_plan(review, plan, by=lena, now=start)
        services.write_note(item, story.note, by=lena, shown_version=None)
        for who, what, ahead in story.moves:
            services.promise(
                item,
                what,
                promiser=company.people[who],
                due_on=days.on(ahead),
                by=lena,
                now=at,
            )
        services.decide(item, story.decision, text=story.text, by=lena, now=at)
    services.finish(review, by=lena, now=start + timedelta(minutes=55))


def _since(story: Story, plan: AccountPlan, company: Company, days: Days) -> None:
    """Let go on what went on since the review."""
    owner = company.people[story.owner]
    what, _severity, ending = story.closed
    risk = PlanRisk.objects.get(plan=plan, what=what)
    closed = {"closed_on": days.on(-6), "ending": ending}
    services.edit_part(risk, closed, by=owner, shown_version=None)
    for each in story.people:
        if each.days_ago != BEGAN:
            _person(each, plan, company, days)
    for words, evidence, ago, by in story.outcomes:
        PlanOutcome.objects.create(
            plan=plan,
            words=words,
            evidence=evidence,
            achieved_on=days.on(-ago),
            confirmed_by=Contact.objects.get(account=plan.account, name=by),
            created_at=days.ago(12),
        )
