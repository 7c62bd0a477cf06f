"""A deal's own values: made, edited, given to somebody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.opportunities.services.directory import named_account, standing
from pipeline.opportunities.services.locking import (
    apply,
    check_fields,
    locked,
    require_open,
)
from pipeline.opportunities.services.sources import refuse_owned
from pipeline.process.models import Process, Stage
from pipeline.process.services import hold_process
from rhythm.people.models import User
from rhythm.web.saving import save_once

# What people may edit on a deal. Owner, stage and outcome have services of their own.
EDITABLE = {
    "name",
    "account",
    "amount",
    "close_on",
    "next_step",
    "next_step_on",
    "description",
    "external_url",
    "products",
}


@transaction.atomic
def create(
    values: dict[str, Any],
    *,
    owner: User,
    now: datetime,
    process: Process | None = None,
    stage: Stage | None = None,
    account_name: str = "",
    submission_key: UUID | None = None,
) -> Opportunity:
    """Return a new open deal of `owner`, in the first stage unless one is named.

    values holds any of EDITABLE; `name` is needed. process None takes the default
    one. account_name takes the account of that name, or makes it. The same
    submission_key again returns the deal that it made.

    Raises ValidationError if a value is wrong, the owner is not active, or the
    process takes no new deals.
    """
    _require_editable(values)
    if not owner.is_active:
        raise ValidationError({"owner": _("This person is not active.")})
    stage = _stage_to_begin_in(process, stage)

    account, is_new_account = named_account(account_name)
    fields = {name: value for name, value in values.items() if name != "products"}
    if account is not None:
        fields["account"] = account
    elif chosen := fields.get("account"):
        fields["account"] = standing(chosen)
    opportunity = Opportunity(
        **fields,
        owner=owner,
        process_id=stage.process_id,
        stage=stage,
        stage_since=now,
        opened_on=owner.today(now),
        submission_key=submission_key,
    )
    check_fields(opportunity, ["name", *fields])
    opportunity, is_new = save_once(opportunity, submission_key)
    if is_new:
        opportunity.products.set(values.get("products") or [])
    elif account is not None and is_new_account:
        account.delete()  # the same form made it before
    return opportunity


@transaction.atomic
def edit(
    opportunity: Opportunity,
    values: dict[str, Any],
    *,
    by: User,
    shown_version: int | None,
    account_name: str = "",
) -> Opportunity:
    """Change what differs between the deal and `values`, and return it.

    values holds any of EDITABLE. A changed amount is a stated one from then on.
    account_name takes the account of that name, or makes it.
    Equal values change nothing, and the version stays.

    Raises Conflict if somebody changed it since shown_version, and ValidationError
    naming the fields that are wrong, or that the deal's CRM keeps (code "owned").
    """
    _require_editable(values)
    current = locked(opportunity, shown_version, by=by)
    fields = {name: value for name, value in values.items() if name != "products"}
    if "amount" in fields and fields["amount"] != current.amount:
        fields["amount_source"] = AmountSource.STATED
    products = values.get("products")
    changing = {
        name for name, value in fields.items() if getattr(current, name) != value
    }
    if account_name:
        changing.add("account")
    if products is not None and _are_others(current, products):
        changing.add("products")
    refuse_owned(current, changing)
    if account_name:
        fields["account"] = named_account(account_name)[0]
    elif "account" in changing and fields["account"]:
        fields["account"] = standing(fields["account"])
    changed = apply(current, fields)
    if products is not None and _set_products(current, products) and not changed:
        current.version += 1
        current.save(update_fields=["version"])
    return current


def set_next_step(
    opportunity: Opportunity, *, text: str, on: date | None, by: User
) -> Opportunity:
    """Set what happens next and when (None: not dated). The last one to say so wins.

    Raises ValidationError if the text is too long or the deal is closed.
    """
    with transaction.atomic():
        current = locked(opportunity, by=by)
        require_open(current)
        text = text.strip()
        changing = {
            name
            for name, value in (("next_step", text), ("next_step_on", on))
            if getattr(current, name) != value
        }
        refuse_owned(current, changing)
        apply(current, {"next_step": text, "next_step_on": on})
    return current


def note_activity(opportunity: Opportunity, at: datetime) -> None:
    """Remember that there was an activity `at`; an earlier one changes nothing."""
    Opportunity.objects.filter(pk=opportunity.pk).update(
        last_activity_at=Greatest(F("last_activity_at"), at)
    )


def say_still_there(opportunity: Opportunity) -> None:
    """Take away the flag that the CRM's export has the deal no more.

    It stays away until the deal has come back and vanished again.
    """
    Opportunity.objects.filter(pk=opportunity.pk).update(gone_since=None)


@transaction.atomic
def assign(
    opportunity: Opportunity, *, to: User, by: User, shown_version: int | None = None
) -> Opportunity:
    """Give the deal to another owner and return it.

    Raises ValidationError unless `by` is an admin or leads both the present owner
    (or is it) and the new one, and the new owner is active. Raises Conflict.
    """
    current = locked(opportunity, shown_version, by=by)
    if not to.is_active:
        raise ValidationError({"to": _("This person is not active.")}, code="owner")
    if not _may_assign(current, to, by):
        raise ValidationError(
            {"to": _("Only who leads both may hand over a deal.")}, code="owner"
        )
    if to.pk != current.owner_id:
        try:
            refuse_owned(current, ["owner"])
        except ValidationError as error:
            raise ValidationError({"to": error.messages}, code="owned") from error
    # By its id: who that is was asked above, and who it was need not be read.
    apply(current, {"owner_id": to.pk})
    current.owner = to
    return current


def _may_assign(opportunity: Opportunity, to: User, by: User) -> bool:
    if by.is_admin:
        return True
    led = User.objects.led_by(by)
    is_owner_led = Q(pk=opportunity.owner_id) & (Q(pk=by.pk) | Q(pk__in=led))
    is_heir_led = Q(pk=to.pk) & (Q(pk=by.pk) | Q(pk__in=led))
    if not by.is_manager:
        return False
    found = User.objects.active().filter(is_owner_led | is_heir_led)
    return set(found.values_list("pk", flat=True)) >= {opportunity.owner_id, to.pk}


def hand_over(leaver: User, heir: User, *, by: User) -> int:
    """Give all open deals of `leaver` to `heir`, and return how many there were.

    Raises PermissionDenied unless `by` is an admin or leads the leaver, and
    ValidationError if the heir is not active or is the leaver.
    """
    if not (by.is_active and (by.is_admin or by.leads(leaver))):
        raise PermissionDenied
    if not heir.is_active or heir == leaver:
        raise ValidationError(_("Choose somebody else who is active."), code="owner")
    return (
        Opportunity.objects.open()
        .filter(owner=leaver)
        .update(owner=heir, version=F("version") + 1)
    )


def _require_editable(values: dict[str, Any]) -> None:
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"{sorted(unknown)} are not edited this way.")


def _are_others(opportunity: Opportunity, products: Any) -> bool:
    present = set(opportunity.products.values_list("pk", flat=True))
    return {each.pk for each in products} != present


def _set_products(opportunity: Opportunity, products: Any) -> bool:
    if not _are_others(opportunity, products):
        return False
    opportunity.products.set(products)
    return True


def _default_process() -> Process:
    process = Process.objects.in_use().order_by("-is_default", "position", "pk").first()
    if process is None:
        raise ValidationError(
            _("There is no process yet. An admin can set one up."), code="process"
        )
    return process


def _stage_to_begin_in(process: Process | None, stage: Stage | None) -> Stage:
    """Return the stage of a new deal, which stays until the transaction ends."""
    process_id = stage.process_id if stage else (process or _default_process()).pk
    hold_process(process_id)
    # Read again: it may have been removed while this waited.
    held = Process.objects.filter(pk=process_id).first()
    if held is None:
        raise ValidationError(_("This process was removed meanwhile."), code="process")
    if stage is None:
        return _first_stage(held)
    found = Stage.objects.open().filter(pk=stage.pk).first()
    if found is None or (process is not None and found.process_id != process.pk):
        raise ValidationError({"stage": _("Choose an open stage of the process.")})
    return found


def _first_stage(process: Process) -> Stage:
    stage = Stage.objects.open().filter(process=process).order_by("position").first()
    if stage is None or process.archived_at is not None:
        raise ValidationError(_("This process takes no new deals."), code="process")
    return stage
