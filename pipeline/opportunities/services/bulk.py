"""Many deals changed in one go, each by the same service as one alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

import pghistory
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities.models import BulkRun, Opportunity, RowResult
from pipeline.opportunities.models.opportunities import FIRST_DAY, LAST_DAY
from pipeline.opportunities.services.deals import assign, edit
from pipeline.opportunities.services.locking import require_open
from pipeline.opportunities.services.stages import GateClosed, move
from pipeline.process.models import Stage
from pipeline.process.services import hold_process
from rhythm.people.models import User
from rhythm.web.formats import NOTHING, day
from rhythm.web.saving import save_once
from rhythm.web.versions import Conflict

MOST = 500
# How long what came of it can be looked up.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Setting:
    """Who changes the deals, and when."""

    by: User
    now: datetime

    @property
    def today(self) -> date:
        return self.by.today(self.now)


class BulkChange(Protocol):
    """What is done with each deal."""

    # Whether it points deals at stages of their process.
    is_move: bool

    def words(self, setting: Setting) -> str:
        """Return what is done, as the result's headline says it."""

    def value(self, deal: Opportunity, setting: Setting) -> str:
        """Return what the change is about, as it is on the deal now."""

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        """Change the deal, shown in the version that it carries, and return it."""


@dataclass(frozen=True)
class GiveTo:
    """Another owner."""

    to: User
    is_move = False

    def words(self, setting: Setting) -> str:
        return _("Owner: %(name)s") % {"name": self.to.name}

    def value(self, deal: Opportunity, setting: Setting) -> str:
        return deal.owner.name

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        return assign(deal, to=self.to, by=setting.by, shown_version=deal.version)


@dataclass(frozen=True)
class CloseOn:
    """Another expected close date."""

    on: date
    is_move = False

    def words(self, setting: Setting) -> str:
        return _("Expected close: %(day)s") % {"day": day(self.on, setting.today)}

    def value(self, deal: Opportunity, setting: Setting) -> str:
        return _day(deal.close_on, setting)

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        return _edit(deal, {"close_on": self.on}, setting)


@dataclass(frozen=True)
class ShiftClose:
    """The expected close so many days later; earlier when days are negative."""

    days: int
    is_move = False

    def words(self, setting: Setting) -> str:
        text = ngettext(
            "Expected close: %(days)+d day",
            "Expected close: %(days)+d days",
            abs(self.days),
        )
        return text % {"days": self.days}

    def value(self, deal: Opportunity, setting: Setting) -> str:
        return _day(deal.close_on, setting)

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        if deal.close_on is None:
            raise ValidationError(_("It has no close date to move."))
        try:
            on = deal.close_on + timedelta(days=self.days)
        except OverflowError as error:
            raise ValidationError(_("There is no such day.")) from error
        if not FIRST_DAY <= on <= LAST_DAY:
            raise ValidationError(_("There is no such day."))
        return _edit(deal, {"close_on": on}, setting)


@dataclass(frozen=True)
class NextStep:
    """What happens next, and when (None: not dated)."""

    text: str
    on: date | None
    is_move = False

    def words(self, setting: Setting) -> str:
        return _("Next step: %(step)s") % {"step": _step(self.text, self.on, setting)}

    def value(self, deal: Opportunity, setting: Setting) -> str:
        return _step(deal.next_step, deal.next_step_on, setting)

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        values: dict[str, object] = {
            "next_step": self.text,
            "next_step_on": self.on,
        }
        return _edit(deal, values, setting)


@dataclass(frozen=True)
class MoveTo:
    """Another stage, through the gates; with a reason back, or past a gate."""

    stage: Stage
    reason: str = ""
    is_move = True

    def words(self, setting: Setting) -> str:
        return _("Stage: %(stage)s") % {"stage": self.stage.name}

    def value(self, deal: Opportunity, setting: Setting) -> str:
        return deal.stage.name

    def change(self, deal: Opportunity, setting: Setting) -> Opportunity:
        return move(
            deal,
            to=self.stage,
            by=setting.by,
            now=setting.now,
            reason=self.reason,
            shown_version=deal.version,
        )


def _day(value: date | None, setting: Setting) -> str:
    return day(value, setting.today) if value else NOTHING


def _step(text: str, on: date | None, setting: Setting) -> str:
    dated = day(on, setting.today) if on else ""
    return ", ".join(filter(None, (text, dated))) or NOTHING


def _edit(
    deal: Opportunity, values: dict[str, object], setting: Setting
) -> Opportunity:
    # Bulk changes are about what is still being worked on.
    require_open(deal)
    return edit(deal, values, by=setting.by, shown_version=deal.version)


@transaction.atomic
def change_many(
    shown: Mapping[int, int],
    change: BulkChange,
    *,
    by: User,
    now: datetime,
    submission_key: UUID | None,
) -> BulkRun:
    """Change each deal by itself, and return what came of each.

    shown says which deals, and in which versions the person saw them. One that is
    refused, or that somebody changed since, leaves the others alone. The same
    submission_key again returns the run that it made. History says that it was one
    change of many (`bulk` in its context).

    Raises ValidationError without any deal, and for more than MOST.
    """
    if not shown:
        raise ValidationError(_("Choose deals first."))
    if len(shown) > MOST:
        raise ValidationError(
            _("At most %(most)s deals at once."), params={"most": MOST}
        )
    setting = Setting(by, now)
    run = BulkRun(
        by=by,
        what=change.words(setting)[:400],
        created_at=now,
        submission_key=submission_key,
    )
    run, is_new = save_once(run, submission_key)
    if not is_new:
        return run
    BulkRun.objects.filter(by=by, created_at__lt=now - KEPT).delete()
    deals = _deals(list(shown), by)
    if change.is_move:
        # Before any deal is locked, as a move of one does.
        for process_id in sorted({each.process_id for each in deals.values()}):
            hold_process(process_id)
    with pghistory.context(bulk=run.pk):
        # In one order, so that two of them wait for each other and never in a ring.
        run.rows = [
            _row(pk, deals.get(pk), shown[pk], change, setting) for pk in sorted(shown)
        ]
    run.save(update_fields=["rows"])
    return run


def _deals(ids: Sequence[int], by: User) -> dict[int, Opportunity]:
    """Return those that the person sees, with what the changes tell of them."""
    deals = Opportunity.objects.visible_to(by).filter(pk__in=ids)
    return deals.select_related("owner", "stage").in_bulk()


def _row(
    pk: int,
    deal: Opportunity | None,
    version: int,
    change: BulkChange,
    setting: Setting,
) -> dict[str, object]:
    result, text = RowResult.REFUSED, _("You may not see it, or it is gone.")
    if deal is not None:
        if deal.version == version:
            result, text = _result(deal, change, setting)
        else:
            result, text = RowResult.CONFLICT, ""
    return {"deal": pk, "result": result.value, "text": text}


def _result(
    deal: Opportunity, change: BulkChange, setting: Setting
) -> tuple[RowResult, str]:
    before, version = change.value(deal, setting), deal.version
    try:
        # Each in the service's own savepoint: what is refused takes nothing with it.
        changed = change.change(deal, setting)
    except Conflict:
        return RowResult.CONFLICT, ""
    except (PermissionDenied, Http404):
        return RowResult.REFUSED, _("You may not change it.")
    except GateClosed as refusal:
        missing = ", ".join(each.title for each in refusal.missing)
        return RowResult.REFUSED, _("Missing: %(what)s") % {"what": missing}
    except ValidationError as error:
        return RowResult.REFUSED, " ".join(error.messages)
    if changed.version == version:
        return RowResult.UNCHANGED, before
    return RowResult.CHANGED, f"{before} → {change.value(changed, setting)}"
