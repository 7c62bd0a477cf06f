"""Rules in plain words: "every second Tuesday, 09:00 in the team's zone"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from rhythm.calendar.models import Cadence, OffDayPolicy
from rhythm.calendar.patterns import (
    EachWorkingDay,
    OnDayOfMonth,
    OnNthWeekday,
    OnWeekdays,
    parts,
    read,
)
from rhythm.calendar.recurrence import WEEKDAYS as SHORT_DAYS
from rhythm.web.formats import dated


def rule_words(text: str) -> str:
    """Return "every second Tuesday" for a rule, as well as it can be said."""
    match read(text):
        case EachWorkingDay():
            return _("every working day")
        case OnWeekdays(days, every):
            return _weekly(days, every)
        case OnNthWeekday(nth, day, every):
            words = {"nth": nth_word(nth), "day": WEEKDAYS[day]}
            return _("the %(nth)s %(day)s of %(months)s") % (
                words | {"months": _months(every)}
            )
        case OnDayOfMonth(day, every) if day == 31:
            return _("the last day of %(months)s") % {"months": _months(every)}
        case OnDayOfMonth(day, every):
            return _("day %(day)d of %(months)s") % {
                "day": day,
                "months": _months(every),
            }
    return _spelled(text)


def time_words(at: time, zone: str, minutes: int) -> str:
    """Return "09:00 in the team's zone, 45 minutes"."""
    length = ngettext("%d minute", "%d minutes", minutes) % minutes
    if zone:
        where = _("%(zone)s time") % {"zone": zone_words(zone)}
    else:
        where = _("in the team's zone")
    return f"{at:%H:%M} {where}, {length}"


def zone_words(zone: str) -> str:
    """Return the name of a zone as one says it: "New York" for America/New_York."""
    return zone.rpartition("/")[2].replace("_", " ")


def times_of(zone: str) -> str:
    """Return what a mail says of its times: whose wall they are on."""
    return _("Times are those of %(zone)s.") % {"zone": zone_words(zone)}


def off_day_words(policy: str) -> str:
    """Return what happens on a day off, to follow "on a day off"."""
    words = {
        OffDayPolicy.NEXT: _("when it falls on a day off, the next working day"),
        OffDayPolicy.PREVIOUS: _("when it falls on a day off, the working day before"),
        OffDayPolicy.DROP: _("when it falls on a day off, it does not take place"),
        OffDayPolicy.KEEP: _("also on days off"),
    }
    return words[OffDayPolicy(policy)]


def sentence(cadence: Cadence) -> str:
    """Return the whole rule of a cadence as one sentence, with its end if it has one.

    The cadence need not be saved.
    """
    told = [
        rule_words(cadence.rule),
        time_words(cadence.at, cadence.time_zone, cadence.minutes),
    ]
    if read(cadence.rule) != EachWorkingDay():
        told.append(off_day_words(cadence.off_days))
    if cadence.last_on:
        told.append(_("until %(day)s") % {"day": _full(cadence.last_on)})
    text = "; ".join([", ".join(told[:2]), *told[2:]])
    return f"{text[:1].upper()}{text[1:]}."


def before_words(minutes: int) -> str:
    """Return how long before a meeting: "1 day", "2 hours", "15 minutes"."""
    if minutes and minutes % 1440 == 0:
        return ngettext("%d day", "%d days", minutes // 1440) % (minutes // 1440)
    if minutes and minutes % 60 == 0:
        return ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
    return ngettext("%d minute", "%d minutes", minutes) % minutes


def nth_word(nth: int) -> str:
    """Return "first" for 1, and "last" for -1."""
    words = {
        1: pgettext("weekday of a month", "first"),
        2: pgettext("weekday of a month", "second"),
        3: pgettext("weekday of a month", "third"),
        4: pgettext("weekday of a month", "fourth"),
        5: pgettext("weekday of a month", "fifth"),
        -1: pgettext("weekday of a month", "last"),
    }
    return words[nth]


def listed(words: Iterable[object]) -> str:
    """Return "Monday, Tuesday and Friday"."""
    *first, last = map(str, words)
    if not first:
        return last
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last}


def listed_up_to(most: int, words: Iterable[object]) -> str:
    """Return "Huddle, Forecast call and 3 more"; never one more, which is named."""
    found = [*map(str, words)]
    more = len(found) - most
    if more > 1:
        found[most:] = [ngettext("%d more", "%d more", more) % more]
    return listed(found)


def _weekly(days: tuple[int, ...], every: int) -> str:
    if days == (0, 1, 2, 3, 4) and every == 1:
        return _("every day from Monday to Friday")
    names = listed(WEEKDAYS[each] for each in days)
    if every == 1:
        return _("every %(days)s") % {"days": names}
    if every == 2:
        return _("every second %(days)s") % {"days": names}
    return _("every %(every)d weeks on %(days)s") % {"every": every, "days": names}


def _months(every: int) -> str:
    if every == 1:
        return _("every month")
    if every == 2:
        return _("every second month")
    return _("every %(every)d months") % {"every": every}


def _spelled(text: str) -> str:
    """Return the parts of a rule that no field can say, one after the other."""
    said = parts(text)
    every = int(said.get("INTERVAL", "1"))
    units = {
        "DAILY": ngettext("every day", "every %d days", every),
        "WEEKLY": ngettext("every week", "every %d weeks", every),
        "MONTHLY": ngettext("every month", "every %d months", every),
        "YEARLY": ngettext("every year", "every %d years", every),
    }
    unit = units.get(said.get("FREQ", ""), "")
    told = [unit % every if "%d" in unit else unit]
    if months := said.get("BYMONTH"):
        names = listed(MONTHS[int(each)] for each in months.split(","))
        told.append(_("in %(months)s") % {"months": names})
    if days := said.get("BYDAY"):
        told.append(_("on %(days)s") % {"days": listed(map(_day, days.split(",")))})
    if numbers := said.get("BYMONTHDAY"):
        told.append(_("on day %(days)s") % {"days": listed(numbers.split(","))})
    if places := said.get("BYSETPOS"):
        which = listed(map(_place, places.split(",")))
        told.append(_("of these the %(which)s") % {"which": which})
    return ", ".join(filter(None, told))


def _day(code: str) -> str:
    name = str(WEEKDAYS[SHORT_DAYS.index(code[-2:])])
    nth = code[:-2]
    return f"{_place(nth)} {name}" if nth else name


def _place(number: str) -> str:
    value = int(number)
    if value == -1 or 1 <= value <= 5:
        return nth_word(value)
    if value < 0:
        return _("%(nth)d. from the end") % {"nth": -value}
    return _("%(nth)d.") % {"nth": value}


def _full(day: date) -> str:
    return dated(day, "j M Y")
