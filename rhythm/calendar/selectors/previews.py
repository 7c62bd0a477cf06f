"""What a cadence will do, in words: its rule, its next dates, and who does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rhythm.calendar.models import Cadence, CadenceVariant, Scope
from rhythm.calendar.selectors.cadences import whom_and_when
from rhythm.calendar.selectors.ground import ground, team_levels, working_times
from rhythm.calendar.series import LONGEST
from rhythm.calendar.upcoming import Upcoming, upcoming
from rhythm.calendar.wanted import left_out, rule_of
from rhythm.calendar.wording import listed_up_to, sentence
from rhythm.calendar.working import WorkingTime, region_words
from rhythm.people.models import User
from rhythm.web.formats import day

DATES = 10
# So many names of who does not fit.
LEFT_SHOWN = 6


@dataclass(frozen=True)
class DateLine:
    """One of the next dates, in words; `note` tells what a day off does to it."""

    day: str
    note: str = ""
    is_out: bool = False


@dataclass(frozen=True)
class Preview:
    """What a cadence will do. `problem` says why there is nothing to show."""

    sentence: str = ""
    whom: str = ""
    where: str = ""
    dates: Sequence[DateLine] = ()
    problem: str = ""
    # Who finds no time in it; "" where everybody does.
    left_out: str = ""


def preview(
    cadence: Cadence, *, now: datetime, instead_of: Cadence | None = None
) -> Preview:
    """Return its rule and next dates in words, by the team's days off. Four queries.

    Nine more of one with each person of a team: they say who does not fit. The cadence
    need not be saved; instead_of is the saved one that it changes, whose teams hold it
    as they said. Of one for many teams, the topmost tells its days.
    """
    working = working_of(cadence)
    rule = rule_of(cadence, working)
    today = now.astimezone(rule.zone).date()
    first = max(today, cadence.first_on)
    ahead = list(upcoming(rule, first, DATES, working))
    lines = [date_line(each, today) for each in ahead]
    problem = "" if lines else _("It falls on no day any more.")
    return Preview(
        sentence=sentence(cadence),
        whom=whom_and_when(cadence, team_levels()),
        where=_where(cadence, working),
        dates=lines,
        problem=problem,
        left_out=_left_out(
            cadence, instead_of or cadence, ahead[0].key if ahead else first
        ),
    )


def _left_out(cadence: Cadence, saved: Cadence, first: date) -> str:
    """Return who has no time before the next series begins; "" where everybody has.

    saved is the cadence of whose variants it is asked; it has none without a key.
    """
    if cadence.scope != Scope.EACH_REP:
        return ""
    found = CadenceVariant.objects.filter(cadence=saved) if saved.pk else ()
    variants = {each.team_id: each for each in found}
    left, people = left_out(cadence, variants, ground(first), first, first + LONGEST)
    if not left:
        return ""
    named = User.objects.get_queryset().filter(pk__in=left).order_by("name", "pk")
    names = listed_up_to(LEFT_SHOWN, named.values_list("name", flat=True))
    return ngettext(
        "%(left)d of %(people)d people does not fit before the next one: %(names)s. "
        "Lengthen the time between two, or shorten the meetings.",
        "%(left)d of %(people)d people do not fit before the next one: %(names)s. "
        "Lengthen the time between two, or shorten the meetings.",
        len(left),
    ) % {"left": len(left), "people": people, "names": names}


def working_of(cadence: Cadence) -> WorkingTime:
    """Return when the team of a cadence works, or the organisation. Three queries."""
    team = cadence.team
    lines: dict[int, tuple[int, ...]] = {team.pk: tuple(team.line)} if team else {0: ()}
    return working_times(lines)[team.pk if team else 0]


def date_line(each: Upcoming, today: date) -> DateLine:
    """Return a date in words: "Mon 28 Dec" "instead of Fri 25 Dec, Christmas Day"."""
    key = day(each.key, today)
    why = each.holiday or _("a day off")
    if each.on is None:
        return DateLine(key, _("falls out: %(why)s") % {"why": why}, is_out=True)
    note = ""
    if each.is_put_off:
        note = _("instead of %(day)s, %(why)s") % {"day": key, "why": why}
    return DateLine(day(each.on, today), note)


def _where(cadence: Cadence, working: WorkingTime) -> str:
    """Return by whose days off the dates were found."""
    told = [str(cadence.team or _("the organisation"))]
    if working.region:
        region = region_words(working.region)
        told.append(_("public holidays of %(region)s") % {"region": region})
    return ", ".join(told)
