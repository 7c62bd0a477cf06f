"""Plans and their parts: made, changed, taken away."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.accounts.models import (
    AccountPlan,
    FieldCell,
    PlanArea,
    PlanOutcome,
    PlanPerson,
    PlanRisk,
)
from pipeline.accounts.selectors.lists import may_plan
from pipeline.accounts.selectors.parts import MOST_OF
from pipeline.opportunities.models import Account, Product
from pipeline.opportunities.services import create_contact, standing
from rhythm.calendar.models import Meeting
from rhythm.commitments import services as commitments
from rhythm.commitments.models import Commitment
from rhythm.people.access import require_editable
from rhythm.people.models import User
from rhythm.people.selectors import leader_of
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version

type PlanPart = PlanPerson | PlanOutcome | PlanArea | PlanRisk


@transaction.atomic
def create_plan(
    account: Account,
    values: dict[str, Any],
    *,
    by: User,
    submission_key: UUID | None = None,
) -> AccountPlan:
    """Return a new plan, or the one that the account has already.

    values are `owner`, `goal` and `why`. Raises PermissionDenied unless `by` sells to
    the account or leads somebody who does, ValidationError naming wrong fields.
    """
    # Two who plan the same account at once: the second one finds the first's.
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not may_plan(by).filter(pk=account.pk).exists():
        raise PermissionDenied
    there = AccountPlan.objects.filter(account=account).order_by("pk").first()
    if there:
        return there
    plan = AccountPlan(account=account, submission_key=submission_key, **values)
    return save_once(plan, submission_key, exclude=())[0]


@transaction.atomic
def edit_plan(
    plan: AccountPlan, values: dict[str, Any], *, by: User, shown_version: int | None
) -> AccountPlan:
    """Change the head of a plan. Raises Conflict, ValidationError."""
    current = locked(plan, by=by)
    check_version(current, shown_version)
    _save(current, values)
    return current


@transaction.atomic
def add_part[P: PlanPart](
    part: P, values: dict[str, Any], *, by: User, submission_key: UUID | None
) -> P:
    """Save a new part of `part.plan`, or return the one that the same form made.

    Raises ValidationError naming wrong fields, also where the plan is full.
    """
    model: Any = type(part)
    values = _standing(values)
    locked(part.plan, by=by)
    same = model._default_manager.filter(submission_key=submission_key)
    if submission_key and (made := cast("P | None", same.first())):
        return made
    if model._default_manager.filter(plan=part.plan).count() >= MOST_OF[model]:
        message = _("A plan holds %(most)d of these at most. Remove one first.")
        raise ValidationError(message, params={"most": MOST_OF[model]}, code="full")
    part.submission_key = submission_key
    for name, value in values.items():
        setattr(part, name, value)
    return save_once(part, submission_key, exclude=())[0]


@transaction.atomic
def add_person(
    plan: AccountPlan,
    values: dict[str, Any],
    *,
    new_name: str = "",
    new_title: str = "",
    by: User,
    submission_key: UUID | None,
) -> PlanPerson:
    """Put somebody on the map: a contact of the account, or one made by name."""
    # Before the plan, as a merge of accounts locks them.
    account = standing(plan.account)
    values = _standing(values)
    locked(plan, by=by)
    made = PlanPerson.objects.filter(submission_key=submission_key).first()
    if submission_key and made:
        return made
    if new_name:
        contact = {"name": new_name, "title": new_title, "account": account}
        values = values | {"contact": create_contact(contact)}
    person = PlanPerson(plan=plan)
    return add_part(person, values, by=by, submission_key=submission_key)


@transaction.atomic
def edit_part[P: PlanPart](
    part: P, values: dict[str, Any], *, by: User, shown_version: int | None
) -> P:
    """Change one part. Raises Conflict, and ValidationError naming wrong fields."""
    values = _standing(values)
    current = _locked_part(part, by=by)
    if current is None:
        raise ValidationError(_("Somebody removed this meanwhile."), code="gone")
    check_version(current, shown_version)
    if values.get("reports_to") == current:
        raise ValidationError({"reports_to": _("Nobody reports to themselves.")})
    _save(current, values)
    return current


@transaction.atomic
def remove_part(part: PlanPart, *, by: User, shown_version: int | None) -> None:
    """Take a part away; history keeps that it was there. Raises Conflict.

    One that is gone already stays gone.
    """
    current = _locked_part(part, by=by)
    if current is not None:
        check_version(current, shown_version)
        current.delete()


@transaction.atomic
def say_of_field(
    plan: AccountPlan,
    area: PlanArea | None,
    product: Product,
    values: dict[str, Any],
    *,
    by: User,
    shown_version: int | None,
) -> FieldCell:
    """Say how a product stands in an area; values are state, opportunity and note.

    shown_version 0 means that nobody had said anything. Raises Conflict.
    """
    locked(plan, by=by)
    place = {"plan": plan, "area": area, "product": product}
    FieldCell.objects.bulk_create(
        [FieldCell(**place, version=0)], ignore_conflicts=True
    )
    cell = FieldCell.objects.select_for_update(of=("self",)).get(**place)
    check_version(cell, shown_version)
    if values.get("state") != "deal":
        values = values | {"opportunity": None}
    _save(cell, values)
    return cell


@transaction.atomic
def add_move(
    plan: AccountPlan,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make a next move: a commitment about the account. The same form makes one.

    It is promised to whoever asks for it; what one promises oneself in the own plan,
    to one's leader.
    """
    locked(plan, by=by)
    return promise_about(
        plan,
        what,
        promiser=promiser,
        due_on=due_on,
        by=by,
        now=now,
        submission_key=submission_key,
    )


def promise_about(
    plan: AccountPlan,
    what: str,
    *,
    promiser: User,
    due_on: date,
    by: User,
    now: datetime,
    made_in: Meeting | None = None,
    submission_key: UUID | None = None,
) -> Commitment:
    """Make a commitment of a plan; the caller has asked whether `by` may."""
    receiver = by if promiser != by else plan.owner
    if receiver == promiser:
        receiver = leader_of(promiser) or promiser
    made = commitments.make(
        what,
        promiser,
        receiver,
        due_on,
        today=promiser.today(now),
        made_in=made_in,
        submission_key=submission_key,
        about=plan.account.name,
        about_url=plan.get_absolute_url(),
    )
    plan.commitments.add(made)
    return made


@transaction.atomic
def hand_over(leaver: User, heir: User) -> int:
    """Give `heir` the plans of `leaver`; return how many there were."""
    plans = AccountPlan.objects.select_for_update(of=("self",)).filter(owner=leaver)
    found = list(plans.order_by("pk"))
    for plan in found:
        _save(plan, {"owner": heir})
    return len(found)


def locked(plan: AccountPlan, *, by: User) -> AccountPlan:
    """Return the plan as it is now, locked. Raises what `require_editable` does."""
    current = AccountPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    require_editable(AccountPlan.objects, by, current.pk)
    return current


def _locked_part[P: PlanPart](part: P, *, by: User) -> P | None:
    """Return the part as it is now, None if it is gone; its plan is locked too."""
    locked(part.plan, by=by)
    model: Any = type(part)
    parts = model.objects.select_for_update(of=("self",)).filter(pk=part.pk)
    found: P | None = parts.first()
    return found


def _standing(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with what each contact was merged into, if it was.

    To be asked before a part is locked: a merge locks contacts first.
    """
    chosen = {name: values.get(name) for name in ("contact", "confirmed_by")}
    return values | {name: standing(each) for name, each in chosen.items() if each}


def _save(record: AccountPlan | PlanPart | FieldCell, values: dict[str, Any]) -> None:
    changed = changed_fields(record, values)
    if changed:
        record.version += 1
        check_and_save(record, update_fields=[*changed, "version"])
