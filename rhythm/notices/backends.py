"""How Django sends mail while there is no mail server: not at all."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class KeptBackend(BaseEmailBackend):
    """Refuses what bypasses the outbox, which keeps its notices instead."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise RuntimeError("There is no mail server: EMAIL_URL is not set.")
