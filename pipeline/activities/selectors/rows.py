"""Activities as rows of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from pipeline.activities.models import Activity, ActivityQuerySet
from rhythm.people.models import User
from rhythm.web.formats import clock, day


@dataclass(frozen=True)
class Row:
    """One activity as its reader sees it. All texts are ready to print."""

    pk: int
    kind: str
    icon: str
    outcome: str
    who: str
    day: str
    clock: str
    length: str
    deal: str
    deal_url: str
    account: str
    account_url: str
    people: str
    may_edit: bool


def shaped(activities: ActivityQuerySet) -> ActivityQuerySet:
    """Return the activities with all that a row shows, in two queries."""
    return activities.select_related(
        "kind", "owner", "opportunity", "account"
    ).prefetch_related("contacts")


def rows(activities: Iterable[Activity], viewer: User, *, now: datetime) -> list[Row]:
    """Return the rows of activities that came through `shaped`."""
    today = viewer.today(now)
    return [_row(each, viewer, now, today) for each in activities]


def _row(activity: Activity, viewer: User, now: datetime, today: date) -> Row:
    deal, account = activity.opportunity, activity.account
    at = timezone.localtime(activity.happened_at)
    return Row(
        pk=activity.pk,
        kind=activity.kind.name,
        icon=activity.kind.icon,
        outcome=activity.outcome,
        who=activity.owner.name,
        day=day(at, today),
        clock=clock(at),
        length=_("%(minutes)d min") % {"minutes": activity.minutes}
        if activity.minutes
        else "",
        deal=deal.name if deal else "",
        deal_url=deal.get_absolute_url() if deal else "",
        account=account.name if account else "",
        account_url=account.get_absolute_url() if account else "",
        people=", ".join(each.name for each in activity.contacts.all()),
        may_edit=activity.owner_id == viewer.pk and activity.is_still_editable(now),
    )
