"""Does it run? In words, with a state for everything and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pipeline.imports.models import ImportState
from rhythm.people.models import User
from rhythm.ticks.broker import Queue
from rhythm.ticks.selectors import Beat
from rhythm.web.formats import clock, dated, day_clock
from scorecards.homes.selectors import figures as counted
from scorecards.homes.selectors.checks import BAD, OK, STATES, WARN, Check
from scorecards.homes.selectors.figures import Imports, Nights
from scorecards.homes.selectors.installation import installation
from scorecards.homes.selectors.outgoing import outgoing

# What happens by the clock, by the app that does it.
WORK = {
    "calendar": gettext_lazy("the calendar"),
    "commitments": gettext_lazy("commitments"),
    "notices": gettext_lazy("mail"),
    "meetings": gettext_lazy("invitations and pre-reads"),
    "movement": gettext_lazy("nightly summaries"),
    "imports": gettext_lazy("imports"),
    "accounts": gettext_lazy("account reviews"),
    "reviews": gettext_lazy("reviews"),
    "runner": gettext_lazy("rooms of meetings"),
    "discipline": gettext_lazy("the leaders' week"),
}
# More hints than this at the broker take more than minutes to work off.
MANY_HINTS = 1_000


@dataclass(frozen=True)
class Health:
    """The page: what happens by itself, and what that stands on."""

    work: list[Check]
    ground: list[Check]
    # The worst state of all, and a sentence about it.
    state: str
    title: str
    # When this was looked at, on the reader's clock.
    at: str

    @property
    def icon(self) -> str:
        return STATES[self.state][0]


def health(viewer: User, now: datetime) -> Health:
    """Return how everything is. Six queries, and half a second for a lost broker."""
    zone, found = ZoneInfo(viewer.time_zone), counted.figures(now)
    work = [
        _beat(found.beat, now.astimezone(zone)),
        _ticks(found.beat),
        _queue(counted.queue()),
        *outgoing(found.outgoing),
        _imports(found.imports),
        _nights(found.nights),
    ]
    below = installation(found.database, now.astimezone(zone))
    states = [each.state for each in (*work, *below)]
    return Health(
        work,
        below,
        state=next((each for each in (BAD, WARN) if each in states), OK),
        title=_headline(len(states) - states.count(OK)),
        at=clock(now.astimezone(zone)),
    )


def _headline(count: int) -> str:
    if not count:
        return _("Everything runs.")
    return ngettext("%d thing needs a look.", "%d things need a look.", count) % count


def _beat(beat: Beat, now: datetime) -> Check:
    """Return whether the clock ticks, as said on the reader's clock."""
    check = Check("clock", "clock", _("Clock"), "")
    if beat.finished_at is None or beat.age is None:
        text = _("It has never ticked.")
    elif not beat.is_silent:
        seconds = int(beat.age.total_seconds())
        text = ngettext("Last tick %d second ago", "Last tick %d seconds ago", seconds)
        return replace(check, text=text % seconds)
    else:
        moment = day_clock(beat.finished_at.astimezone(now.tzinfo), now.date())
        text = _("Silent since %(moment)s") % {"moment": moment}
    return replace(
        check,
        text=text,
        state=BAD,
        advice=_("Start the worker, and look at its log. Nothing is sent meanwhile."),
    )


def _ticks(beat: Beat) -> Check:
    """Return whose part of the last ticks failed."""
    check = Check("ticks", "list-check", _("What every tick does"), "")
    if beat.finished_at is None:
        return replace(check, text=_("Not known before the first tick"), state=WARN)
    if not beat.failed_lately:
        return replace(check, text=_("Nothing failed lately"))
    names = ", ".join(_work(each) for each in beat.failed or beat.failed_lately)
    text = _("Failed the last time: %(names)s")
    if not beat.failed:
        text = _("Failed lately, and works again: %(names)s")
    return replace(
        check,
        text=text % {"names": names},
        state=BAD if beat.failed else WARN,
        advice=_("The worker's log says why. The others go on, and it is tried again."),
    )


def _work(name: str) -> str:
    """Return the work of an app's tick in words, from its dotted name."""
    app = name.removesuffix(".tasks.tick").rpartition(".")[2]
    return str(WORK.get(app, app))


def _queue(queue: Queue | None) -> Check:
    check = Check("queue", "inboxes", _("Broker"), "")
    if queue is None:
        return replace(
            check,
            text=_("It does not answer"),
            state=BAD,
            advice=_("Start Valkey. Pages work without it; what they ask for waits."),
        )
    waiting = _("%(waiting)d in the queue, %(taken)d being worked on")
    check = replace(check, text=waiting % vars(queue))
    if queue.waiting <= MANY_HINTS:
        return check
    advice = _("Workers do not keep up. Start another one if it does not shrink.")
    return replace(check, state=WARN, advice=advice)


def _imports(imports: Imports) -> Check:
    there = imports.latest
    latest = there[0] if there else None
    text = _("None yet")
    if latest:
        state = str(latest.get_state_display()).lower()
        text = _("Last: import %(number)d, %(state)s")
        text = text % {"number": latest.pk, "state": state}
    if imports.waiting:
        waiting = ngettext("%d waits", "%d wait", imports.waiting) % imports.waiting
        text = f"{text} · {waiting}"
    check = Check("imports", "upload", _("Imports"), text, button=_("Imports"))
    check = replace(check, url=reverse("imports:import_list"))
    if imports.lost:
        lost = ngettext("%d lost its worker", "%d lost their worker", imports.lost)
        advice = _("Another worker takes it up with the next tick.")
        text = f"{text} · {lost % imports.lost}"
        return replace(check, text=text, state=WARN, advice=advice)
    if latest and latest.state == ImportState.FAILED:
        advice = _("Open it: it says in which row, and why.")
        url = latest.get_absolute_url()
        return replace(check, state=WARN, advice=advice, url=url)
    return check


def _nights(nights: Nights) -> Check:
    check = Check("nights", "moon-stars", _("Nightly summaries"), _("None yet"))
    if nights.last:
        last = dated(nights.last, "j M Y")
        check = replace(check, text=_("Made until %(day)s") % {"day": last})
    if not nights.waiting:
        return check
    count = nights.waiting
    late = ngettext("%d day waits", "%d days wait", count) % count
    advice = _("They are caught up with bit by bit while the worker runs.")
    return replace(check, text=f"{check.text} · {late}", state=WARN, advice=advice)
