"""The links that end a kind of mail: signed, good for one person and one kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from rhythm.notices.kinds import DIGEST, KINDS, Kind, kind_of
from rhythm.web.numbers import whole_number

if TYPE_CHECKING:
    from rhythm.notices.models import Notice

SALT = "rhythm.notices.unsubscribe"


def token_of(person_id: int, kind: Kind) -> str:
    """Return the token by which that person gets no more mail of that kind."""
    return signing.Signer(salt=SALT).sign(f"{person_id}-{kind.key}")


def opened(token: str) -> tuple[int, Kind] | None:
    """Return whom and which kind the token names, None if it is none of ours.

    It does not end: a mail may be years old. What it lets one do is undone on the
    person's own page.
    """
    try:
        value = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return None
    person, _dash, key = value.partition("-")
    number = whole_number(person)
    known = {each.key: each for each in (*KINDS, DIGEST)}
    # A kind that there was once stands for the others.
    return None if number is None else (number, known.get(key) or kind_of(key))


@dataclass(frozen=True)
class Ending:
    """What stands below a mail: why it came, and how it ends."""

    why: str
    unsubscribe: str
    preferences: str

    @property
    def headers(self) -> dict[str, str]:
        """One click in the mail program ends it (RFC 8058)."""
        return {
            "List-Unsubscribe": f"<{self.unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def below_text(self, text: str) -> str:
        lines = [
            _("You get this mail because %(why)s") % {"why": self.why},
            _("No more mail of this kind: %(url)s") % {"url": self.unsubscribe},
            _("What reaches you, and when: %(url)s") % {"url": self.preferences},
        ]
        return text.rstrip() + "\n\n-- \n" + "\n".join(lines) + "\n"

    def below_html(self, html: str) -> str:
        foot = format_html(
            '<hr><p><small>{}<br><a href="{}">{}</a> · <a href="{}">{}</a></small></p>',
            _("You get this mail because %(why)s") % {"why": self.why},
            self.unsubscribe,
            _("No more mail of this kind"),
            self.preferences,
            _("What reaches you, and when"),
        )
        body, end, rest = html.rpartition("</body>")
        return f"{body}{foot}{end}{rest}" if end else f"{html}{foot}"


def ending_of(notice: Notice) -> Ending | None:
    """Return what stands below the notice; None below mail that must arrive.

    None, too, where it goes to no person.
    """
    if notice.is_secret or notice.recipient_id is None:
        return None
    kind = kind_of(notice.kind)
    token = token_of(notice.recipient_id, kind)
    return Ending(
        why=str(kind.why),
        unsubscribe=settings.APP_BASE_URL
        + reverse("notices:unsubscribe", args=[token]),
        preferences=settings.APP_BASE_URL + reverse("notices:preferences"),
    )
