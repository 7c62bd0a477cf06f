"""Does it go out? By mail, and to each chat channel where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scorecards.homes.selectors.checks import BAD, WARN, Check
from scorecards.homes.selectors.figures import Outgoing

# In the order in which they are looked at.
TROUBLES = ("failed", "unknown", "held")
# So many channels in trouble are named; the list of channels has the others.
NAMED = 5


def outgoing(ways: Sequence[Outgoing]) -> list[Check]:
    """Return how mail is, and every chat channel that something does not get to.

    ways begins with mail.
    """
    mail, *channels = ways
    ill = [each for each in channels if each.overdue or _troubles(each)]
    checks = [_due(mail), _troubled(mail), *(_channel(each) for each in ill[:NAMED])]
    more = len(ill) - NAMED
    if more > 0:
        text = ngettext("%d more is late or failed", "%d more are late or failed", more)
        check = Check("channels", "chat-square-text", _("Chat channels"), text % more)
        url = reverse("notices:channel_list")
        checks.append(replace(check, state=WARN, url=url, button=_("Channels")))
    return checks


def _due(mail: Outgoing) -> Check:
    check = Check(
        "due",
        "hourglass-split",
        _("Mail that is due"),
        _waiting(mail),
        url=_outbox(mail, "queued"),
        button=_("Outbox"),
    )
    if not mail.overdue:
        return check
    advice = _("See whether the worker runs and the mail server answers.")
    return replace(check, state=WARN, advice=advice)


def _waiting(way: Outgoing) -> str:
    text = ngettext("%d waits to go out", "%d wait to go out", way.due) % way.due
    if not way.overdue:
        return text
    late = ngettext("%d of them late", "%d of them late", way.overdue) % way.overdue
    return f"{text} · {late}"


def _troubled(mail: Outgoing) -> Check:
    """Return what did not go out; where it is, the first of it."""
    title = _("Mail that did not arrive")
    check = Check("mail", "envelope", title, "", url=_outbox(mail), button=_("Outbox"))
    troubles = _troubles(mail)
    if troubles:
        return replace(
            check,
            text=" · ".join(troubles.values()),
            state=BAD if mail.failed else WARN,
            advice=_("Open each and send it again, or leave it."),
            url=_outbox(mail, next(iter(troubles))),
        )
    if not settings.HAS_MAIL_SERVER:
        advice = _("Set EMAIL_URL; until then links are copied by hand.")
        text = _("No mail server: everything is kept here")
        return replace(check, text=text, state=WARN, advice=advice)
    return replace(check, text=_("Nothing"))


def _channel(way: Outgoing) -> Check:
    """Return what does not get to a chat channel, and how to find out why."""
    troubles = _troubles(way)
    late = [_waiting(way)] if way.overdue else []
    return Check(
        f"channel-{way.channel}",
        "chat-square-text",
        _("Chat channel %(name)s") % {"name": way.name},
        " · ".join([*late, *troubles.values()]),
        state=BAD if way.failed else WARN,
        advice=_("Send it a test from its page. Then send each again, or leave it."),
        url=_outbox(way, next(iter(troubles), "queued")),
        button=_("Outbox"),
    )


def _troubles(way: Outgoing) -> dict[str, str]:
    """Return how many did not go out one way, in words, by their state."""
    words = {"failed": _("%d failed"), "unknown": _("%d unknown"), "held": _("%d held")}
    counts = {state: getattr(way, state) for state in TROUBLES}
    return {state: words[state] % count for state, count in counts.items() if count}


def _outbox(way: Outgoing, state: str = "") -> str:
    """Return the address of the outbox with what goes this way, in this state."""
    asked = {"state": state} if state else {}
    asked["channel"] = str(way.channel or "mail")
    return f"{reverse('notices:notice_list')}?{urlencode(asked)}"
