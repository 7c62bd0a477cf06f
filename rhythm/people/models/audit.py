"""The audit log: who did what to accounts, settings and data, and when."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rhythm.people.models.user import User


class AuditKind(models.TextChoices):
    """What may be recorded. The apps to the right name these words."""

    SIGN_IN = "sign_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    RESET_ASKED = "reset_asked", _("Password reset asked for")
    PASSWORD_CHANGED = "password_changed", _("Password changed")
    EMAIL_CHANGED = "email_changed", _("E-mail changed")
    FACTOR_ADDED = "factor_added", _("Second factor added")
    FACTOR_REMOVED = "factor_removed", _("Second factor removed")
    FACTOR_RESET = "factor_reset", _("Second factor reset")
    RECOVERY_CODES = "recovery_codes", _("Recovery codes made")
    DEVICES_ENDED = "devices_ended", _("Devices signed out")
    INVITED = "invited", _("Invited")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
    PERSON_ADDED = "person_added", _("Person added")
    PERSON_CHANGED = "person_changed", _("Person changed")
    DEACTIVATED = "deactivated", _("Deactivated")
    REACTIVATED = "reactivated", _("Reactivated")
    MERGED = "merged", _("Merged with another person")
    HANDED_OVER = "handed_over", _("Handed over")
    TEAM_CHANGED = "team_changed", _("Team changed")
    ORGANISATION_CHANGED = "organisation_changed", _("Company settings changed")
    PROCESS_PUBLISHED = "process_published", _("Process published")
    PROCESS_ARCHIVED = "process_archived", _("Process archived")
    PROCESS_DELETED = "process_deleted", _("Process deleted")
    CADENCE_CHANGED = "cadence_changed", _("Cadence changed")
    WORKING_TIME_CHANGED = "working_time_changed", _("Working time changed")
    LEAVE_CHANGED = "leave_changed", _("Leave changed")
    DEPUTY_CHANGED = "deputy_changed", _("Deputy changed")
    IMPORT_STARTED = "import_started", _("Import started")
    IMPORT_UNDONE = "import_undone", _("Import undone")
    LINK_MADE = "link_made", _("Upload link made")
    LINK_REVOKED = "link_revoked", _("Upload link revoked")
    FEED_MADE = "feed_made", _("Calendar address made")
    FEED_REVOKED = "feed_revoked", _("Calendar address taken away")
    RECORDS_MERGED = "records_merged", _("Accounts or contacts merged")
    CHANNEL_CHANGED = "channel_changed", _("Chat channel changed")
    COMMENT_REMOVED = "comment_removed", _("Comment removed")
    EXPORTED = "exported", _("Exported")
    BACKUP_TAKEN = "backup_taken", _("Backup taken")
    BACKUP_RESTORED = "backup_restored", _("Backup restored")
    ADMIN_RECOVERED = "admin_recovered", _("Admin let in from the server")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, viewer: User) -> Self:
        """Return everything for admins, nothing for others."""
        return self if viewer.is_active and viewer.is_admin else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return nothing: what was written stays."""
        return self.none()


class AuditEntry(models.Model):
    """One thing that was done. The database refuses to change or remove it.

    It names accounts, settings and counts. What people say to each other, and above
    all coaching, never stands here.
    """

    at = models.DateTimeField(auto_now_add=True)
    # An AuditKind. Not a choice of the column, so that a new word needs no migration.
    kind = models.CharField(max_length=40)
    # Null: the server itself, or somebody who is not known.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Whose account it is about, if it is about one.
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # The name of what it is about, as it was then: a team, a process, a file.
    subject = models.CharField(max_length=250, blank=True)
    # What changed, in words.
    text = models.CharField(max_length=1000, blank=True)
    # Where the request came from, if there was one.
    ip = models.GenericIPAddressField(null=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["kind", "-id"], name="audit_by_kind"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}".strip()
