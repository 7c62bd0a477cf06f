"""Handing one mail to the mail server, and what its answer proves."""

from __future__ import annotations

import email.policy
import re
import smtplib
from contextlib import suppress
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from typing import Any

from django.core.mail import EmailMultiAlternatives, mailers
from django.utils.translation import gettext as _

from rhythm.notices.models import Notice
from rhythm.notices.outcomes import NotDelivered
from rhythm.notices.unsubscribing import ending_of

CALENDAR = "text/calendar"
METHOD = re.compile(r"^METHOD:(\w+)", re.MULTILINE)


class OneLineHeader(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A header that goes out in one piece, however long.

    Python would write a long address as encoded words, which no mail program clicks.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class Mail(EmailMultiAlternatives):
    """A mail whose way out (RFC 8058) stands in one line, perhaps an invitation."""

    def invite(self, calendar: str) -> None:
        """Add an invitation, as text for programs that act on it and as a file."""
        self.attach_alternative(calendar, CALENDAR)
        self.attach("invite.ics", calendar, CALENDAR)

    def message(self, *, policy: Any = email.policy.default) -> EmailMessage:
        headers = HeaderRegistry()
        headers.map_to_type("list-unsubscribe", OneLineHeader)
        message = super().message(policy=policy.clone(header_factory=headers))
        for part in message.walk():
            if part.get_content_type() == CALENDAR:
                method = METHOD.search(part.get_content())
                # Without it, no program takes it for an invitation (RFC 6047).
                part.set_param("method", method[1] if method else "PUBLISH")
        return message


def send(notice: Notice) -> str:
    """Hand the notice to the mail server. Returning, in words, says it was accepted.

    Raises NotDelivered when the server certainly did not take it. Any other error
    leaves that open: the line broke after the text was on its way.
    """
    try:
        message = _message(notice)
        # What is wrong with an address or a header shows here, before any talk.
        message.message()
    except ValueError as error:
        raise NotDelivered(str(error), is_final=True) from error
    server = mailers.default
    try:
        server.open()
    except OSError as error:  # refused, unknown, no TLS, sign-in refused
        raise NotDelivered(_words(error)) from error
    try:
        server.send_messages([message])
    except (ValueError, smtplib.SMTPNotSupportedError) as error:
        raise NotDelivered(str(error), is_final=True) from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        final = all(code >= 500 for code in codes)
        raise NotDelivered(_words(error), is_final=final) from error
    except smtplib.SMTPResponseException as error:  # sender or text refused
        raise NotDelivered(_words(error)) from error
    finally:
        # It is decided by now: a bad farewell changes nothing.
        with suppress(OSError):
            server.close()
    return _("Accepted by the mail server.")


def _message(notice: Notice) -> Mail:
    text, html = notice.text, notice.html
    # No absence note answers it (RFC 3834).
    headers = {"Message-ID": notice.message_id, "Auto-Submitted": "auto-generated"}
    if ending := ending_of(notice):
        headers |= ending.headers
        text, html = ending.below_text(text), html and ending.below_html(html)
    message = Mail(
        subject=notice.subject, body=text, to=[notice.address], headers=headers
    )
    if html:
        message.attach_alternative(html, "text/html")
    if notice.calendar:
        message.invite(notice.calendar)
    return message


def _words(error: OSError) -> str:
    """Return what the server said, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(
            f"{code} {_text(text)}" for code, text in error.recipients.values()
        )
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = str(error)
    return " ".join(said.split()) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
