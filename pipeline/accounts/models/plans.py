"""The plan for an account: whose it is, where we want to be, when it was looked at."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Account, Opportunity
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class AccountPlanQuerySet(models.QuerySet["AccountPlan"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the plans of whose work `viewer` may see, and of accounts sold to.

        Whoever owns a deal of the account, or leads somebody who does, reads its plan.
        What the plan says of deals follows each deal's own visibility.
        """
        if viewer.is_active and viewer.sees_all:
            return self
        deals = Opportunity.objects.visible_to(viewer).exclude(account=None)
        return self.filter(
            Q(owner__in=User.objects.visible_to(viewer))
            | Q(account__in=deals.order_by().values("account"))
        )

    def editable_by(self, editor: User) -> Self:
        """Return the plans that `editor` owns, or leads the owner of."""
        if not editor.is_active:
            return self.none()
        return self.filter(Q(owner=editor) | Q(owner__in=User.objects.led_by(editor)))


@tracked(
    exclude=(
        *("version", "submission_key"),
        # What reviews write; they keep it themselves.
        *("last_reviewed_at", "next_review_on"),
    )
)
class AccountPlan(Versioned):
    """How we want to grow with one customer, and why the customer wants it.

    Nothing in the database keeps an account to one plan: where two accounts turn out
    to be one, both plans are left, and people choose.
    """

    account = models.ForeignKey(
        Account, models.PROTECT, related_name="+", verbose_name=_("account")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        verbose_name=_("owner of the plan"),
    )
    goal = models.TextField(
        _("where we want to be in a year"), max_length=4000, blank=True
    )
    why = models.TextField(_("why the customer wants it"), max_length=4000, blank=True)
    # When it was last gone through in an account review. Null: never.
    last_reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # A review sets it by its cadence; its owner may set another day. Null: none.
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    # The next moves: there is no second list of what is to be done.
    commitments = models.ManyToManyField(Commitment, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = AccountPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("account plan")
        verbose_name_plural = _("account plans")
        ordering = ["next_review_on", "pk"]

    def __str__(self) -> str:
        return str(self.account)

    def get_absolute_url(self) -> str:
        return reverse("accounts:plan_detail", args=[self.pk])


class OfPlanQuerySet[M: models.Model](models.QuerySet[M]):
    """Seen and changed with the plan that it belongs to."""

    def visible_to(self, viewer: User) -> Self:
        return self.filter(plan__in=AccountPlan.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        return self.filter(plan__in=AccountPlan.objects.editable_by(editor))


class OfPlan(Versioned):
    """A part of a plan, made by a form and changed on its own."""

    plan = models.ForeignKey(AccountPlan, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        abstract = True
