"""Sign-in mail goes through the outbox like everything else."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from rhythm.notices.models import DeliveryClass
from rhythm.notices.services import Draft, post
from rhythm.people.models import AuditKind, Organisation, User
from rhythm.people.services import audit
from rhythm.web.http import is_own_path


class AccountAdapter(DefaultAccountAdapter):
    """Allauth, with mail by the outbox and links that no request can bend."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return Organisation.current().is_signup_open

    def is_safe_url(self, url: str | None) -> bool:
        """Return whether `url` is a path of ours. Whole addresses never are."""
        return is_own_path(url or "")

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Post the mail to the outbox: it holds a link, so it must arrive."""
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

    def post_login(
        self, request: HttpRequest, user: User, **more: Any
    ) -> HttpResponseBase:
        """Write the sign-in down."""
        how = audit.how_signed_in(request, user)
        audit.record_sign_in(request, user, how=how)
        return super().post_login(request, user, **more)  # type: ignore[no-any-return]

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
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, context)

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
