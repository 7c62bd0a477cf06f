"""Django's own admin site: off by default, and then a look inside for admins.

It shows what is listed here and changes nothing: changes go through the services,
which know the rules. What people write to each other is never listed.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from rhythm.people.models import (
    AuditEntry,
    Invitation,
    Membership,
    Organisation,
    Team,
    User,
)
from rhythm.people.selectors.second_factor import second_factor


class LookingSite(AdminSite):
    """For active admins with a second factor, who signed in at the front door."""

    site_header = site_title = _("Rhythm: a look inside")

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not (isinstance(user, User) and user.is_active and user.is_admin):
            return False
        return second_factor(user).is_there

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Send everybody else to where they sign in, or set up a second factor."""
        signed_in = request.user.is_authenticated
        return redirect("mfa_index" if signed_in else settings.LOGIN_URL)


class Look(ModelAdmin):
    """A model to look at."""

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class UserLook(Look):
    exclude = ("password",)


class InvitationLook(Look):
    exclude = ("token_sha256",)


site = LookingSite(name="admin")
site.register([Organisation, Team, Membership, AuditEntry], Look)
site.register(User, UserLook)
site.register(Invitation, InvitationLook)
