"""Publishing the draft of a process: applied to it and to the deals in it, at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities import mailing
from pipeline.opportunities.services.process_changes import remove_stage, save_stage
from pipeline.process import services as process
from pipeline.process.models import ForPresent, Process, ProcessVersion, Stage
from pipeline.process.selectors import Working, stricter
from rhythm.notices.services import post
from rhythm.people.models import User
from rhythm.people.models.audit import AuditKind
from rhythm.people.services import audit


def terms(
    for_present: str, days: int | None, *, by: User, now: datetime
) -> process.Terms:
    """Return the terms that `by` chose. days are those of grace, counted from today.

    They end where a day begins for `by`.
    """
    choice = ForPresent(for_present)
    if choice != ForPresent.GRACE:
        return process.Terms(choice)
    last: date = by.today(now) + timedelta(days or 0)
    ends = datetime.combine(last, time.min, ZoneInfo(by.time_zone))
    return process.Terms(choice, ends)


@transaction.atomic
def publish(
    owner: Process,
    *,
    terms: process.Terms,
    note: str,
    by: User,
    now: datetime,
    shown: str | None = None,
    concerned: Mapping[int, int] | None = None,
) -> ProcessVersion:
    """Make the draft of a process its next version, and return that.

    Its stages and milestones change by the rules that always guard them; deals and
    answers go where the draft says. terms say from when on what is new binds deals
    that are there. concerned says how many deals of whom it makes miss something, for
    their mails: everybody with an open deal in the process, and who leads them, is
    told what changed. shown is `Draft.shown`.

    Raises ValidationError if there is no draft ("empty"), or if deals have come or
    have answered meanwhile and the draft does not say what becomes of that ("target",
    "answers"). Raises Conflict if somebody edited the draft after it was shown.
    """
    found = process.open_draft(owner)
    if found.draft is None:
        raise ValidationError(_("There is nothing to publish."), code="empty")
    process.check_shown(found.draft, shown)
    told = found.changes()
    new = stricter(found.live, found.plan.stages)
    _apply(found, now)
    process.set_terms(found.plan.stages, new, terms, now)
    process.close_draft(found)
    version = process.record_version(
        found.process, by=by, changes=told, note=note, terms=terms if new else None
    )
    audit.record(
        AuditKind.PROCESS_PUBLISHED,
        by=by,
        subject=found.process.name,
        text=_("Version %(n)d: %(changes)s")
        % {"n": version.number, "changes": " ".join(told)},
    )
    post(mailing.published(version, concerned or {}, now=now), now=now)
    return version


def _apply(found: Working, now: datetime) -> None:
    """Make the rows of the process what the draft says."""
    process.lock_stages(found.process)
    process.free_names(found)
    process.insert_new(found)
    stages = Stage.objects.select_related("process").filter(process=found.process)
    rows = {each.pk: each for each in stages}
    for draft in found.plan.stages:
        live = found.live_stage(draft.id or 0)
        if live is not None and live != draft:
            save_stage(rows[live.id or 0], draft, answers=found.plan.answers)
    for removal in found.plan.removals.values():
        live = found.live_stage(removal.stage_id)
        remove_stage(
            rows[removal.stage_id],
            to=rows[removal.to] if removal.to else None,
            keep_answers=removal.keep_answers and removal.to is not None,
            now=now,
            called=live.name if live else "",
        )
    ids = [each.id for each in found.plan.opened() if each.id]
    process.order_stages(found.process, ids)
