"""How a team holds what it inherits: at another hour or weekday, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.calendar.levels import hour_of
from rhythm.calendar.models import Cadence, CadenceVariant, Reach
from rhythm.calendar.patterns import (
    EachWorkingDay,
    OnDayOfMonth,
    OnNthWeekday,
    OnWeekdays,
    Pattern,
    read,
)
from rhythm.calendar.selectors.ground import team_levels
from rhythm.calendar.services.cadences import ANEW, check_rule
from rhythm.calendar.wording import rule_words
from rhythm.people.models import AuditKind, Team, User
from rhythm.people.services import audit
from rhythm.web.versions import Conflict


@transaction.atomic
def move_inherited(
    cadence: Cadence,
    team: Team,
    *,
    at: time,
    rule: str,
    by: User,
    shown_version: int,
) -> CadenceVariant | None:
    """Let a team hold an inherited cadence at another hour, or on other weekdays.

    As often as before. At the usual hour of its level, it needs no variant: None.
    shown_version is the variant's, 0 where there was none.

    Raises Conflict, PermissionDenied, and ValidationError for another frequency.
    """
    cadence, variant = _locked(cadence, team, by, shown_version)
    check_rule(rule)
    usual = hour_of(cadence, team_levels()[team.pk])
    if _how_often(read(rule)) != _how_often(read(cadence.rule)) and (
        rule != cadence.rule
    ):
        raise ValidationError(_("It stays as often as it is."), code="frequency")
    if (at, rule) == (usual, cadence.rule):
        _take_back(cadence, team, variant, by)
        return None
    variant = variant or CadenceVariant(cadence=cadence, team=team, version=0)
    variant.at = at if at != usual else None
    variant.rule = rule if rule != cadence.rule else ""
    variant.is_dropped = False
    _save(variant)
    words = f"{rule_words(rule)}, {at:%H:%M}"
    _changed(cadence, team, by, words)
    return variant


@transaction.atomic
def drop_inherited(
    cadence: Cadence, team: Team, *, by: User, shown_version: int
) -> CadenceVariant:
    """Let a team not hold what it inherits. What is ahead is called off.

    Raises Conflict, PermissionDenied, and ValidationError for what is mandatory.
    """
    cadence, variant = _locked(cadence, team, by, shown_version)
    if cadence.is_mandatory:
        raise ValidationError(
            _("It is mandatory, from %(team)s."),
            params={"team": cadence.team or _("the organisation")},
            code="mandatory",
        )
    variant = variant or CadenceVariant(cadence=cadence, team=team, version=0)
    if not variant.is_dropped:
        variant.is_dropped = True
        _save(variant)
        _changed(cadence, team, by, _("not held"))
    return variant


@transaction.atomic
def take_back(cadence: Cadence, team: Team, *, by: User, shown_version: int) -> None:
    """Let a team hold it as the cadence says again."""
    cadence, variant = _locked(cadence, team, by, shown_version)
    _take_back(cadence, team, variant, by)


def _take_back(
    cadence: Cadence, team: Team, variant: CadenceVariant | None, by: User
) -> None:
    if variant is not None:
        variant.delete()
        _changed(cadence, team, by, _("as it is for all"))


def _locked(
    cadence: Cadence, team: Team, by: User, shown_version: int
) -> tuple[Cadence, CadenceVariant | None]:
    """Return both as they are now, the cadence locked. Refuse who does not lead it."""
    cadence = (
        Cadence.objects.select_for_update(of=("self",))
        .select_related("team")
        .get(pk=cadence.pk)
    )
    is_led = by.is_admin or Team.objects.led_by(by).filter(pk=team.pk).exists()
    if not (by.is_active and is_led):
        raise PermissionDenied
    *above, _own = Team.objects.values_list("line", flat=True).get(pk=team.pk)
    is_above = cadence.team_id is None or cadence.team_id in above
    if cadence.reach != Reach.BELOW or not is_above:
        raise ValidationError(_("This team does not inherit it."), code="inherited")
    variant = CadenceVariant.objects.filter(cadence=cadence, team=team).first()
    if shown_version != (variant.version if variant else 0):
        raise Conflict(variant or cadence)
    return cadence, variant


def _how_often(pattern: Pattern | None) -> Pattern | None:
    """Return the pattern without its weekday: what two of the same frequency share."""
    match pattern:
        case OnWeekdays(days):
            return replace(pattern, days=tuple(range(len(days))))
        case OnNthWeekday():
            return replace(pattern, day=0, nth=1)
        case OnDayOfMonth():
            return replace(pattern, day=1)
        case EachWorkingDay() | None:
            return pattern


def _save(variant: CadenceVariant) -> None:
    variant.version += 1
    variant.full_clean()
    if variant.pk:
        variant.save(update_fields=["at", "rule", "is_dropped", "version"])
    else:
        variant.save(force_insert=True)


def _changed(cadence: Cadence, team: Team, by: User, words: str) -> None:
    """Have it planned anew, and write it down."""
    Cadence.objects.filter(pk=cadence.pk).update(**ANEW)
    audit.record(
        AuditKind.CADENCE_CHANGED, by=by, subject=f"{cadence}, {team}", text=words
    )
