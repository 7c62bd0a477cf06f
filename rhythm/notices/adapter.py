"""Sign-in mail goes through the outbox like everything else."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context as current
from celery import signature
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rhythm.notices.hints import hint
from rhythm.notices.models import DeliveryClass
from rhythm.notices.services import DELIVER, Draft, post
from rhythm.people.models import AuditKind, Organisation, User
from rhythm.people.services import audit, devices
from rhythm.people.services.people import email_was_changed
from rhythm.web.http import is_own_path

# What allauth tells by mail, and how the audit log says it.
AUDITED = {
    "account/email/password_changed": (AuditKind.PASSWORD_CHANGED, ""),
    "account/email/password_set": (AuditKind.PASSWORD_CHANGED, _("the first one")),
    "account/email/password_reset": (AuditKind.PASSWORD_CHANGED, _("by a reset link")),
    "account/email/email_changed": (AuditKind.EMAIL_CHANGED, ""),
    "account/email/email_deleted": (AuditKind.EMAIL_CHANGED, ""),
    "mfa/email/totp_activated": (AuditKind.FACTOR_ADDED, _("authenticator app")),
    "mfa/email/totp_deactivated": (AuditKind.FACTOR_REMOVED, _("authenticator app")),
    "mfa/email/webauthn_added": (AuditKind.FACTOR_ADDED, _("passkey")),
    "mfa/email/webauthn_removed": (AuditKind.FACTOR_REMOVED, _("passkey")),
    "mfa/email/recovery_codes_generated": (AuditKind.RECOVERY_CODES, ""),
}
RESET = "account/email/password_reset_key"
UNKNOWN = "account/email/unknown_account"


class AccountAdapter(DefaultAccountAdapter):
    """Allauth, with mail by the outbox and links that no request can bend."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return Organisation.current().is_signup_open

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether `url` is a path of ours. Whole addresses never are."""
        return is_own_path(url or "")

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Post the mail to the outbox: it holds a link, so it must arrive.

        Whoever is not known here gets none.
        """
        if template_prefix == UNKNOWN:
            url = self.get_reset_password_from_key_url("0-0")
            words = {"user": None, "password_reset_url": url}
            self._answer_reset(None, email, words, is_sent=False)
            return
        user = context.get("user")
        context = {
            "request": current.request,
            "email": email,
            "current_site": SimpleNamespace(
                name=Organisation.current().name,
                domain=urlsplit(settings.APP_BASE_URL).netloc,
            ),
            **context,
        }
        mail = self.render_mail(template_prefix, email, context)
        kind = f"account.{template_prefix.rpartition('/')[2]}"
        draft = Draft(
            kind=kind,
            # Each request for it is an occasion of its own.
            key=f"{kind}:{uuid.uuid4()}",
            recipient=user if isinstance(user, User) else None,
            address=email,
            subject=mail.subject,
            text=mail.body,
            delivery_class=DeliveryClass.AT_LEAST_ONCE,
        )
        post([draft], now=timezone.now())

    def set_password(self, user: User, password: str) -> None:
        """Set it, and sign the person out everywhere."""
        super().set_password(user, password)
        devices.end_all(user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict | None = None,
        email: str | None = None,
    ) -> None:
        """Write down what changed in how the person signs in, and tell it by mail."""
        kind, words = AUDITED[template_prefix]
        text = str(words)
        context = {"user": user, **(context or {})}
        if kind == AuditKind.EMAIL_CHANGED:
            text = f"{context.get('from_email')} → {context.get('to_email')}"
            email_was_changed(user)
        audit.record(
            kind, by=user, about=user, text=text, ip=self.get_client_ip(self.request)
        )
        if kind == AuditKind.FACTOR_ADDED:
            # It was in hand just now: that shows who it is, and the codes come next.
            record_authentication(
                self.request, user, method="mfa", reauthenticated=True
            )
        super().send_notification_mail(template_prefix, user, context, email)

    def post_login(
        self, request: HttpRequest, user: User, **more: Any
    ) -> HttpResponseBase:
        """Write the sign-in down."""
        how = audit.how_signed_in(request, user)
        audit.record_sign_in(request, user, how=how)
        response: HttpResponseBase = super().post_login(request, user, **more)
        devices.remember(request, now=timezone.now())
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Write down whose account was tried. Costs the same for unknown ones."""
        email = str(credentials.get("email") or credentials.get("username") or "")
        audit.record(
            AuditKind.SIGN_IN_FAILED,
            by=None,
            about=User.objects.filter(email__iexact=email).first(),
            subject=email,
            ip=self.get_client_ip(request),
        )

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """Send the link only to those who ever had a password.

        Others are known by an import; an invitation is their way in.
        """
        has_password = user.has_usable_password()
        self._answer_reset(user, email, context, is_sent=has_password)

    @transaction.atomic
    def _answer_reset(
        self, user: User | None, email: str, context: dict, *, is_sent: bool
    ) -> None:
        """Write down that a reset was asked for, and send the link if there is one.

        Where none goes out, the same work is done and undone: how long the page takes
        must not tell who is here.
        """
        audit.record(
            AuditKind.RESET_ASKED,
            by=None,
            about=user,
            subject=email,
            ip=self.get_client_ip(self.request),
        )
        with transaction.atomic():
            self.send_mail(RESET, email, context)
            if not is_sent:
                transaction.set_rollback(True)
        if settings.HAS_MAIL_SERVER and not is_sent:
            # Of a notice that nobody has.
            hint(signature(DELIVER), 0)

    def get_reset_password_from_key_url(self, key: str) -> str:
        # Allauth puts the two parts of the key together itself.
        path = reverse("account_reset_password_from_key", args=["0", "KEY"])
        return settings.APP_BASE_URL + path.replace("0-KEY", key)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: Any
    ) -> str:
        path = reverse("account_confirm_email", args=[emailconfirmation.key])
        return settings.APP_BASE_URL + path

    def send_account_already_exists_mail(self, email: str) -> None:
        links = {
            "signup_url": settings.APP_BASE_URL + reverse("account_signup"),
            "password_reset_url": settings.APP_BASE_URL
            + reverse("account_reset_password"),
        }
        self.send_mail("account/email/account_already_exists", email, links)

    def save_user(
        self, request: HttpRequest, user: User, form: Any, commit: bool = True
    ) -> User:
        """Name who signs up after the e-mail, until an admin or they change it."""
        user.name = form.cleaned_data["email"].partition("@")[0]
        super().save_user(request, user, form, commit)
        return user
