"""What people log, change and take back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from pipeline.activities.models import EDIT_WINDOW, Activity, ActivityKind
from pipeline.opportunities import services as deals
from pipeline.opportunities.models import Account, Contact, Opportunity
from rhythm.people.models import User
from rhythm.web.saving import save_once
from rhythm.web.versions import check_version

# A phone's clock may be that much ahead of ours.
CLOCKS_DIFFER = timedelta(minutes=15)
# Nobody logs further back by hand; older ones come by import.
LONGEST_AGO = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Entry:
    """What a person says about an activity."""

    kind: ActivityKind
    # One of the two; a deal brings its account.
    opportunity: Opportunity | None = None
    account: Account | None = None
    # None is now.
    happened_at: datetime | None = None
    outcome: str = ""
    minutes: int | None = None
    contacts: Collection[Contact] = field(default_factory=tuple)
    # The name of somebody at the account whom we did not know.
    new_contact: str = ""


@dataclass(frozen=True)
class StepBefore:
    """The next step that a deal had until logging an activity set another."""

    text: str
    on: date | None
    # What it was set to.
    now_text: str


@transaction.atomic
def log(
    entry: Entry,
    *,
    by: User,
    now: datetime,
    next_step: str = "",
    next_step_on: date | None = None,
    submission_key: UUID | None = None,
) -> Activity:
    """Return what `by` logs. A next step goes to the deal, in the same transaction.

    The same submission_key again returns the activity that it made, and changes
    nothing else.

    Raises ValidationError naming what is wrong, PermissionDenied unless `by` may
    change the deal or the account.
    """
    if submission_key and (made := _made_by(submission_key, by)):
        return made
    account, entry = _held(entry)
    activity = Activity(owner=by, created_at=now)
    activity = _checked(entry, activity, account, by=by, now=now)
    activity.submission_key = submission_key
    _check_next_step(activity, next_step, next_step_on, by.today(now))
    activity, is_new = save_once(activity, submission_key)
    if not is_new:
        return activity
    _add_contacts(activity, entry)
    if activity.opportunity:
        deals.note_activity(activity.opportunity, activity.happened_at)
        if next_step.strip():
            deals.set_next_step(
                activity.opportunity, text=next_step, on=next_step_on, by=by
            )
    return activity


@transaction.atomic
def change(
    activity: Activity,
    entry: Entry,
    *,
    by: User,
    now: datetime,
    shown_version: int | None = None,
) -> Activity:
    """Change what was logged, by its owner and within EDIT_WINDOW of logging it.

    Raises Conflict, ValidationError, and PermissionDenied with the reason.
    """
    account, entry = _held(entry, activity.opportunity_id)
    activity = _own(activity, by=by, now=now)
    check_version(activity, shown_version)
    before = activity.opportunity
    activity = _checked(entry, activity, account, by=by, now=now)
    activity.version += 1
    activity.save()
    activity.contacts.set(entry.contacts)
    _add_contacts(activity, entry)
    _count_again(before, activity.opportunity)
    return activity


@transaction.atomic
def remove(
    activity: Activity, *, by: User, now: datetime, before: StepBefore | None = None
) -> Activity:
    """Take it back, by its owner and within EDIT_WINDOW of logging it.

    before, when given, is the next step that the deal had; the deal gets it again
    unless somebody has changed its next step since.

    Raises PermissionDenied with the reason.
    """
    activity = _own(activity, by=by, now=now)
    if activity.removed_at is None:
        activity.removed_at = now
        activity.save(update_fields=["removed_at"])
        _count_again(activity.opportunity)
        if before and activity.opportunity:
            _restore_step(activity.opportunity, before, by)
    return activity


@transaction.atomic
def put_back(activity: Activity, *, by: User, now: datetime) -> Activity:
    """Undo `remove`, by the owner and within EDIT_WINDOW of logging it."""
    activity = _own(activity, by=by, now=now)
    if activity.removed_at is not None:
        activity.removed_at = None
        activity.save(update_fields=["removed_at"])
        _count_again(activity.opportunity)
    return activity


def _made_by(key: UUID, by: User) -> Activity | None:
    return Activity.everything.filter(submission_key=key, owner=by).first()


def _own(activity: Activity, *, by: User, now: datetime) -> Activity:
    """Lock the person's own activity while it may be changed, its deal before it."""
    _hold_deals(activity.opportunity_id)
    Activity.everything.select_for_update().get(pk=activity.pk)
    # Read after the wait: what a locking query joins is as old as its beginning.
    activity = Activity.everything.select_related("opportunity").get(pk=activity.pk)
    if activity.owner_id != by.pk or not by.is_active:
        raise PermissionDenied(_("Only who logged it may change it."))
    if not activity.is_still_editable(now):
        raise PermissionDenied(
            _("What was logged more than %(days)d days ago stays as it is.")
            % {"days": EDIT_WINDOW.days}
        )
    return activity


def _checked(
    entry: Entry,
    activity: Activity,
    account: Account | None,
    *,
    by: User,
    now: datetime,
) -> Activity:
    """Fill the activity from the entry, if it holds. account comes from `_held`."""
    if not (entry.opportunity or account):
        raise ValidationError({"subject": _("Choose a deal or an account.")})
    _require_editable(entry.opportunity, account, by)
    activity.kind = entry.kind
    activity.opportunity, activity.account = entry.opportunity, account
    activity.happened_at = _moment(entry.happened_at, now)
    activity.outcome, activity.minutes = entry.outcome.strip(), entry.minutes
    activity.clean_fields(exclude=["kind", "owner", "opportunity", "account"])
    if entry.new_contact.strip() and account is None:
        raise ValidationError(
            {"new_contact": _("This deal has no account that a contact could be of.")}
        )
    return activity


def _held(entry: Entry, before: int | None = None) -> tuple[Account | None, Entry]:
    """Return the account and the entry's contacts as they stay for a transaction.

    before is the deal that the activity had. Deals come first, then the account, the
    contacts, the activity, as where records are merged, so that all wait in one order.
    """
    deal = entry.opportunity
    _hold_deals(before, deal.pk if deal else None)
    account = deal.account if deal else entry.account
    if account is not None:
        account = deals.standing(account)
    in_order = sorted(entry.contacts, key=lambda each: each.pk)
    contacts = dict.fromkeys(map(deals.standing, in_order))
    return account, replace(entry, contacts=tuple(contacts))


def _hold_deals(*ids: int | None) -> None:
    """Lock the deals by number; None is none."""
    if wanted := {pk for pk in ids if pk is not None}:
        held = Opportunity.objects.select_for_update(of=("self",), no_key=True)
        list(held.filter(pk__in=wanted).order_by("pk").values_list("pk"))


def _require_editable(
    opportunity: Opportunity | None, account: Account | None, by: User
) -> None:
    if opportunity is not None:
        may = Opportunity.objects.editable_by(by).filter(pk=opportunity.pk).exists()
    else:
        assert account is not None
        may = Account.objects.editable_by(by).filter(pk=account.pk).exists()
    if not may:
        raise PermissionDenied(
            _("You can log only on deals that are yours or your team's.")
        )


def _moment(happened_at: datetime | None, now: datetime) -> datetime:
    if happened_at is None:
        return now
    if happened_at > now + CLOCKS_DIFFER:
        message = _("That is still to come. Plan it as the next step.")
        raise ValidationError({"happened_at": message})
    if happened_at < now - LONGEST_AGO:
        message = _("That is more than five years ago. Is the year right?")
        raise ValidationError({"happened_at": message})
    return min(happened_at, now)


def _check_next_step(
    activity: Activity, text: str, on: date | None, today: date
) -> None:
    text = text.strip()
    if not text and on is None:
        return
    if activity.opportunity is None:
        message = _("A next step belongs to a deal. Choose one, or leave this empty.")
        raise ValidationError({"next_step": message})
    if not text:
        raise ValidationError({"next_step": _("Say what happens on that day.")})
    if on is None:
        raise ValidationError({"next_step_on": _("By when? A next step has a date.")})
    if on < today:
        raise ValidationError({"next_step_on": _("That day has passed.")})
    if on > today + LONGEST_AGO:
        message = _("That is more than five years away. Is the year right?")
        raise ValidationError({"next_step_on": message})


def _add_contacts(activity: Activity, entry: Entry) -> None:
    activity.contacts.add(*entry.contacts)
    name = entry.new_contact.strip()
    if not name or activity.account is None:
        return
    known = Contact.objects.filter(account=activity.account, name__iexact=name)
    contact = deals.best(known) or deals.create_contact(
        {"name": name, "account": activity.account}
    )
    activity.contacts.add(contact)


def _restore_step(opportunity: Opportunity, before: StepBefore, by: User) -> None:
    editable = Opportunity.objects.editable_by(by).open()
    unchanged = editable.filter(pk=opportunity.pk, next_step=before.now_text)
    if unchanged.exists():
        deals.set_next_step(opportunity, text=before.text, on=before.on, by=by)


def _count_again(*opportunities: Opportunity | None) -> None:
    """Find the latest activity of the deals again, each locked, in the order of id."""
    ids = {each.pk for each in opportunities if each is not None}
    locked = Opportunity.objects.select_for_update(of=("self",)).filter(pk__in=ids)
    for opportunity in locked.order_by("pk"):
        rest = Activity.objects.get_queryset().filter(opportunity=opportunity)
        latest = rest.aggregate(latest=Max("happened_at"))["latest"]
        if opportunity.last_activity_at != latest:
            opportunity.last_activity_at = latest
            opportunity.save(update_fields=["last_activity_at"])
