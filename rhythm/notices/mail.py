"""Handing one mail to the mail server, and what its answer proves."""

from __future__ import annotations

import smtplib
from contextlib import suppress

from django.core.mail import EmailMultiAlternatives, mailers
from django.utils.translation import gettext as _

from rhythm.notices.models import Notice
from rhythm.notices.outcomes import NotDelivered


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


def _message(notice: Notice) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=notice.subject,
        body=notice.text,
        to=[notice.address],
        headers={"Message-ID": notice.message_id},
    )
    if notice.html:
        message.attach_alternative(notice.html, "text/html")
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
