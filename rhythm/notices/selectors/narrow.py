"""What an admin looks for in the outbox, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rhythm.notices.kinds import CHANNEL_TEST, DIGEST, KINDS, OTHER
from rhythm.notices.models import NoticeQuerySet, NoticeState, Occasion

# Every mail of the sign-in: passwords, addresses, second factors.
SIGN_IN = "account"
# What goes out and is nobody's choice; the catalogue has the rest.
UNASKED: Sequence[tuple[str, str | Promise]] = (
    (DIGEST.key, DIGEST.label),
    (SIGN_IN, gettext_lazy("Sign-in: passwords, addresses, second factors")),
    ("people.invitation", gettext_lazy("Sign-in: invitations")),
    ("people.second_factor_reset", gettext_lazy("Sign-in: second factor reset")),
    ("people.admin_recovered", gettext_lazy("Sign-in: a way back for an admin")),
    (str(Occasion.HUDDLE), gettext_lazy("Chat channels: a huddle opens")),
    (str(Occasion.WEEKLY), gettext_lazy("Chat channels: was the rhythm kept?")),
    ("notices.channel_off", gettext_lazy("Chat channels: switched off by itself")),
    (CHANNEL_TEST, gettext_lazy("Chat channels: tests")),
    ("notices.test", gettext_lazy("Test mails")),
)


@dataclass(frozen=True)
class Narrow:
    """Which notices are looked for; "" and None are any."""

    state: str = ""
    # A key of `outbox_kinds`.
    kind: str = ""
    channel: int | None = None
    is_mail: bool = False
    # Part of a name or of an address.
    person: str = ""


def outbox_kinds() -> list[tuple[str, str | Promise]]:
    """Return every kind that goes out with its name, whatever was posted lately."""
    chosen = [(each.key, each.label) for each in KINDS if each != OTHER]
    return [*chosen, *UNASKED, (OTHER.key, OTHER.label)]


def narrowed(notices: NoticeQuerySet, narrow: Narrow) -> NoticeQuerySet:
    """Return those of the notices that are looked for."""
    if narrow.state in NoticeState.values:
        notices = notices.filter(state=narrow.state)
    if narrow.kind:
        notices = notices.filter(_of_kind(narrow.kind))
    if narrow.is_mail:
        notices = notices.filter(channel=None)
    if narrow.channel:
        notices = notices.filter(channel=narrow.channel)
    if narrow.person:
        is_name = Q(recipient__name__icontains=narrow.person)
        notices = notices.filter(is_name | Q(address__icontains=narrow.person))
    return notices


def asked(narrow: Narrow, channels: Iterable[tuple[int, str]]) -> str:
    """Return what is looked for, in words; "" for everything.

    channels are keys and names of those that the viewer may choose.
    """
    states = dict(NoticeState.choices)
    kinds, names = dict(outbox_kinds()), dict(channels)
    words = [
        states.get(narrow.state, ""),
        kinds.get(narrow.kind, narrow.kind),
        _("Mail") if narrow.is_mail else "",
        names.get(narrow.channel, _("A channel that is not there"))
        if narrow.channel
        else "",
        _("“%(text)s”") % {"text": narrow.person} if narrow.person else "",
    ]
    return " · ".join(str(each) for each in words if each)


def _of_kind(key: str) -> Q:
    of_sign_in = Q(kind__startswith=f"{SIGN_IN}.")
    if key == SIGN_IN:
        return of_sign_in
    if key == OTHER.key:
        known = [each for each, _label in outbox_kinds() if each != OTHER.key]
        return ~Q(kind__in=known) & ~of_sign_in
    return Q(kind=key)
