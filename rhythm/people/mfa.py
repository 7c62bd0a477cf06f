"""The second factor: allauth's, with secrets that the database cannot tell."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from rhythm.people.models import AuditKind, Organisation, User
from rhythm.people.services import audit
from rhythm.web.boxes import InvalidToken, box

PURPOSE = b"rhythm.people.second-factor"


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts secrets at rest, and names the company and not the request's host."""

    def encrypt(self, text: str) -> str:
        return box(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; a random one, which no code fits, if the key is gone.

        A key that leaked is changed without a fallback: all second factors die then.
        """
        try:
            return box(PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return f"Rhythm {Organisation.current().name}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whose passkeys these are: the address that people type."""
        host = urlsplit(settings.APP_BASE_URL).hostname or "localhost"
        return {"id": host, "name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: User, type: str) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}


class AuthenticateForm(AllauthForm):
    """The code at sign-in; a wrong one is written down."""

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        audit.record(
            AuditKind.SIGN_IN_FAILED,
            by=None,
            about=self.user,
            subject=self.user.email or "",
            text=_("second factor"),
            ip=audit.ip_of(context.request),
        )
        super()._emit_authentication_failed(authenticator)


class AddPasskeyForm(AllauthAddForm):
    """A new passkey; by itself it is enough to sign in, unless one says otherwise."""

    passwordless = forms.BooleanField(
        label=_lazy("Sign in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=_lazy("It then asks for a fingerprint, a face or a PIN."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].max_length = 60
