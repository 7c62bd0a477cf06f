"""Accounts, contacts and products: thin on purpose, a CRM keeps the rest.

Their names are readable by everybody who is signed in; what hangs on them follows
the visibility of the opportunity or activity itself.
"""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pipeline.process.models import ConfigurationQuerySet
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class DirectoryQuerySet[M: models.Model](models.QuerySet[M]):
    """Read by everybody who is active; changed by who sells, leads or configures.

    What was merged into another record is kept for its history and for imports, and
    does not show.
    """

    def standing(self) -> Self:
        """Return those that were not merged into another one."""
        return self.filter(merged_into=None)

    def now_of(self, pk: int) -> Self:
        """Return the record of that key, or what it was merged into."""
        gone = self.model._default_manager.filter(pk=pk).values("merged_into")
        return self.filter(pk=Coalesce(Subquery(gone), Value(pk)))

    def visible_to(self, viewer: User) -> Self:
        return self.standing() if viewer.is_active else self.none()

    def editable_by(self, editor: User) -> Self:
        """Return all, but none to those who only read, as most executives do."""
        may = editor.is_active and (
            editor.is_rep or editor.is_admin or editor.is_manager
        )
        return self.standing() if may else self.none()


class External(models.Model):
    """A record that may have come from somewhere else."""

    # The source's name, such as a CRM; with external_id it names the record there.
    source = models.CharField(max_length=60, blank=True, editable=False)
    external_id = models.CharField(max_length=255, blank=True)
    # Opens the CRM's own record.
    external_url = models.URLField(_("link to the CRM"), max_length=500, blank=True)

    class Meta:
        abstract = True


def once_per_source(name: str) -> models.UniqueConstraint:
    """Return the constraint that makes a repeated import find its record again."""
    return models.UniqueConstraint(
        fields=["source", "external_id"], name=name, condition=~Q(external_id="")
    )


@tracked(exclude=("version",))
class Account(External, Versioned):
    """A customer or a company that may become one."""

    name = models.CharField(_("name"), max_length=200)
    website = models.URLField(_("website"), max_length=300, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subsidiaries",
        verbose_name=_("belongs to"),
    )
    # The record that this one turned out to be; all that hung on this one moved there.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = DirectoryQuerySet["Account"].as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["name", "pk"]
        constraints = [once_per_source("account_once_per_source")]
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="account_search"),
            models.Index(fields=["name", "id"], name="accounts_by_name"),
            # Imports find them by what their files call them.
            models.Index(Lower("name"), name="accounts_by_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("opportunities:account_detail", args=[self.pk])


@tracked(exclude=("version",))
class Contact(External, Versioned):
    """A person at an account."""

    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    name = models.CharField(_("name"), max_length=160)
    title = models.CharField(_("job title"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    # The record that this one turned out to be; all that hung on this one moved there.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = DirectoryQuerySet["Contact"].as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name", "pk"]
        constraints = [once_per_source("contact_once_per_source")]
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="contact_search"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked(exclude=("version", "submission_key"))
class Product(External, Versioned):
    """Something we sell, with its list price."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    series = models.CharField(_("series"), max_length=120, blank=True)
    # In the organisation's currency. Null when there is none.
    list_price = models.DecimalField(
        _("list price"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_active = models.BooleanField(_("offered"), default=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = ConfigurationQuerySet["Product"].as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["name", "pk"]
        constraints = [once_per_source("product_once_per_source")]

    def __str__(self) -> str:
        return self.name
