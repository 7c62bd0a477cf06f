"""The flags of many deals at once, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pipeline.opportunities import flags
from pipeline.opportunities.flags import Facts, Finding, Flag
from pipeline.opportunities.selectors.missing import Gates, Shown, gates_of, shown_by
from pipeline.opportunities.selectors.movement import Movement, movements
from pipeline.opportunities.selectors.rows import Deal
from pipeline.opportunities.selectors.sizes import big_by_owner
from rhythm.people.models import User
from rhythm.people.zones import local_date
from rhythm.web.formats import day


def flags_of(
    opportunities: Iterable[Deal],
    *,
    viewer: User,
    now: datetime,
    since: Mapping[int, datetime] | None = None,
    gates: Gates | None = None,
    shown: Shown | None = None,
    big: Mapping[int, Decimal] | None = None,
) -> dict[int, list[Flag]]:
    """Return why each deal asks for attention, by deal, what hurts most first.

    since says from when on movement (slipped, moved back) is told, by deal; without
    it, over the last MOVEMENT_DAYS. Closed deals have no flags. Give gates, shown and
    big (from which amount on, by owner) when the caller has them already.

    Four queries for any number of deals, one with gates, shown and big.
    """
    deals = [each for each in opportunities if each.is_open]
    if not deals:
        return {}
    gates = gates or gates_of({each.process_id for each in deals}, now=now)
    shown = shown or shown_by([each.pk for each in deals])
    moved = movements(deals)
    if big is None:
        big = big_by_owner(viewer, (each.owner_id for each in deals))
    positions = {each.pk: each.position for each in gates.stages}
    usual = now - timedelta(flags.MOVEMENT_DAYS)
    today = viewer.today(now)

    found: dict[int, list[Flag]] = {}
    for deal in deals:
        moment = (since or {}).get(deal.pk, usual)
        stage = gates.stage(deal)
        facts = Facts(
            today=today,
            opened_on=deal.opened_on,
            stage_since_on=local_date(deal.stage_since, viewer.time_zone),
            stuck_days=stage.stuck_days,
            idle_days=stage.idle_days,
            close_on=deal.close_on,
            next_step_on=deal.next_step_on,
            last_activity_on=_on(deal.last_activity_at, viewer),
            amount=deal.amount,
            big_from=big.get(deal.owner_id),
            gone_on=_on(deal.gone_since, viewer),
            missing=gates.lacking_to_win(deal, shown),
            **_moved(moved[deal.pk], moment, positions, viewer),
        )
        found[deal.pk] = [worded(each, today) for each in flags.find(facts)]
    return found


def _on(moment: datetime | None, viewer: User) -> date | None:
    return local_date(moment, viewer.time_zone) if moment else None


def _moved(
    movement: Movement, moment: datetime, positions: Mapping[int, int], viewer: User
) -> dict[str, Any]:
    place = movement.as_of(moment)
    return {
        "close_on_before": movement.close_dates[place],
        "slips": movement.slips,
        "slipped_on": _on(movement.slipped_at, viewer),
        "first_close_on": movement.first_close_on,
        "is_behind": movement.is_behind(moment, positions),
    }


def worded(finding: Finding, today: date) -> Flag:
    """Return the finding in words."""
    text, short, clears, tone, icon = WORDS[finding.kind](finding, today)
    return Flag(finding.kind, text, short, finding.since, clears, tone, icon)


Words = tuple[str, str, str, str, str]


def _overdue(finding: Finding, today: date) -> Words:
    days = finding.count
    return (
        ngettext(
            "The close date passed %(days)d day ago",
            "The close date passed %(days)d days ago",
            days,
        )
        % {"days": days},
        _("Overdue %(days)d d") % {"days": days},
        _("A close date that the customer agrees to, or closing it"),
        "bad",
        "calendar-x",
    )


def _milestones_missing(finding: Finding, today: date) -> Words:
    days = (finding.on - today).days if finding.on else 0
    text = ngettext(
        "%(count)d milestone missing", "%(count)d milestones missing", finding.count
    ) % {"count": finding.count}
    closes = (
        ngettext("closes in %(days)d day", "closes in %(days)d days", days)
        % {"days": days}
        if days
        else _("closes today")
    )
    return (
        f"{text}, {closes}",
        # How many are missing stands beside it on cards and in lists.
        _("Closes in %(days)d d") % {"days": days} if days else _("Closes today"),
        _("The milestones, or a later close date"),
        "bad",
        "shield-exclamation",
    )


def _slipped(finding: Finding, today: date) -> Words:
    values = {"count": finding.count, "date": day(finding.on, today)}
    return (
        ngettext(
            "Slipped once, the first date was %(date)s",
            "Slipped %(count)d times, the first date was %(date)s",
            finding.count,
        )
        % values,
        _("Slipped %(count)d×") % values,
        _("What has to happen until the new date, agreed with the customer"),
        "bad",
        "calendar-x",
    )


def _moved_back(finding: Finding, today: date) -> Words:
    return (
        _("Moved back on %(date)s") % {"date": day(finding.since, today)},
        _("Moved back"),
        _("What is learned from it, and the step that brings it forward again"),
        "bad",
        "arrow-return-left",
    )


def _stuck(finding: Finding, today: date) -> Words:
    values = {"days": finding.count, "limit": finding.limit}
    return (
        _("%(days)d days in its stage, the limit is %(limit)d") % values,
        _("Stuck %(days)d d") % values,
        _("Passing the gate, or moving back"),
        "warn",
        "hourglass-split",
    )


def _idle(finding: Finding, today: date) -> Words:
    values = {"days": finding.count, "limit": finding.limit}
    return (
        _("No activity for %(days)d days, the limit is %(limit)d") % values,
        _("%(days)d d quiet") % values,
        _("An activity, or a dated next step"),
        "warn",
        "chat-square-dots",
    )


def _no_next_step(finding: Finding, today: date) -> Words:
    return (
        _("No dated next step"),
        _("No next step"),
        _("A next step with its date"),
        "warn",
        "signpost",
    )


def _gone(finding: Finding, today: date) -> Words:
    return (
        _("Not in the CRM's export since %(date)s")
        % {"date": day(finding.since, today)},
        _("Gone from the export"),
        _("Closing it, or saying that it is still there"),
        "warn",
        "cloud-slash",
    )


def _big(finding: Finding, today: date) -> Words:
    return (
        _("Among the biggest deals of the team"),
        _("Big"),
        "",
        "info",
        "star",
    )


def _new(finding: Finding, today: date) -> Words:
    days = finding.count
    return (
        ngettext("New, %(days)d day old", "New, %(days)d days old", days)
        % {"days": days}
        if days
        else _("New today"),
        _("New %(days)d d") % {"days": days} if days else _("New today"),
        "",
        "info",
        "stars",
    )


WORDS: dict[str, Callable[[Finding, date], Words]] = {
    flags.OVERDUE: _overdue,
    flags.MILESTONES_MISSING: _milestones_missing,
    flags.SLIPPED: _slipped,
    flags.MOVED_BACK: _moved_back,
    flags.STUCK: _stuck,
    flags.IDLE: _idle,
    flags.NO_NEXT_STEP: _no_next_step,
    flags.GONE: _gone,
    flags.BIG: _big,
    flags.NEW: _new,
}


def flag_names() -> dict[str, str]:
    """Return the kinds of flags in words, for a filter."""
    return {
        flags.OVERDUE: _("Overdue"),
        flags.MILESTONES_MISSING: _("Milestones missing, closes soon"),
        flags.SLIPPED: _("Slipped"),
        flags.MOVED_BACK: _("Moved back"),
        flags.STUCK: _("Stuck"),
        flags.IDLE: _("Quiet"),
        flags.NO_NEXT_STEP: _("No next step"),
        flags.GONE: _("Gone from the export"),
        flags.BIG: _("Big"),
        flags.NEW: _("New"),
    }
