"""People: those who sign in, and those an import knows only by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rhythm.people.models.organisation import Organisation
from rhythm.people.models.team import Membership, Team
from rhythm.people.zones import local_date, validate_zone
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned


class Theme(models.TextChoices):
    """How pages look to a person."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the people whose work `viewer` may see.

        That is the viewer; everybody in the teams that the viewer leads and below;
        and for executives and admins, all. Whoever is not active sees nobody.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        own = User.objects.filter(pk=viewer.pk).order_by().values_list("pk", flat=True)
        # Not an "or": for that the database reads whatever anybody owns.
        return self.filter(pk__in=own.union(Membership.objects.led_by(viewer)))

    def led_by(self, leader: User) -> Self:
        """Return the people in the teams that `leader` leads and below."""
        if not leader.is_active:
            return self.none()
        return self.filter(pk__in=Membership.objects.led_by(leader))

    def who_see(self, person_id: int) -> Self:
        """Return whoever may see the work of a person: `visible_to` the other way."""
        above = Membership.objects.teams_above(person_id)
        managers = Team.objects.filter(pk__in=above).exclude(manager=None)
        return self.active().filter(
            Q(pk=person_id)
            | Q(is_executive=True)
            | Q(is_admin=True)
            | Q(pk__in=managers.order_by().values("manager"))
        )

    def editable_by(self, editor: User) -> Self:
        """Return the people whose record `editor` may change: all for admins."""
        return self if editor.is_active and editor.is_admin else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def able_to_sign_in(self) -> Self:
        return self.active().exclude(email=None)

    def with_team(self) -> Self:
        """Add `team_id` and `team_name` of the present team, None without one."""
        present = Membership.objects.present().filter(user=OuterRef("pk"))
        return self.annotate(
            team_id=present.values("team_id")[:1],
            team_name=present.values("team__name")[:1],
        )

    def with_surroundings(self) -> Self:
        """Fetch along what `organisation`, `is_manager` and `led_by` each ask for."""
        fields = (each.attname for each in Organisation._meta.concrete_fields)
        organisation = Organisation.objects.values(
            json=JSONObject(**{name: name for name in fields})
        )
        return self.annotate(
            _led_team_ids=ArraySubquery(
                Team.objects.led_by_outer("pk").order_by().values("pk")
            ),
            _organisation_values=Subquery(organisation[:1]),
        )


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def visible_to(self, viewer: User) -> UserQuerySet:
        """See UserQuerySet.visible_to."""
        return self.get_queryset().visible_to(viewer)

    def editable_by(self, editor: User) -> UserQuerySet:
        """See UserQuerySet.editable_by."""
        return self.get_queryset().editable_by(editor)

    def led_by(self, leader: User) -> UserQuerySet:
        """See UserQuerySet.led_by."""
        return self.get_queryset().led_by(leader)

    def who_see(self, person_id: int) -> UserQuerySet:
        """See UserQuerySet.who_see."""
        return self.get_queryset().who_see(person_id)

    def active(self) -> UserQuerySet:
        return self.get_queryset().active()

    def able_to_sign_in(self) -> UserQuerySet:
        return self.get_queryset().able_to_sign_in()

    def with_team(self) -> UserQuerySet:
        """See UserQuerySet.with_team."""
        return self.get_queryset().with_team()

    def with_surroundings(self) -> UserQuerySet:
        """See UserQuerySet.with_surroundings."""
        return self.get_queryset().with_surroundings()

    def create_user(
        self, email: str | None, name: str, password: str | None = None, **more: Any
    ) -> User:
        """Return a new person. email None makes one without sign-in."""
        user = self.model(email=self.normalize_email(email) or None, name=name, **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


@tracked(
    exclude=(
        "password",
        "last_login",
        "version",
        "submission_key",
        "theme",
        "has_shortcuts",
    )
)
class User(AbstractBaseUser, Versioned):
    """A person. Rep, executive and admin are flags; leading a team makes a manager."""

    name = models.CharField(_("name"), max_length=120)
    # Null for people that an import knows only by name; they cannot sign in.
    email = models.EmailField(  # noqa: DJ001 (unique, so "" would fit one person)
        _("e-mail"), null=True, blank=True, max_length=254
    )
    is_rep = models.BooleanField(_("rep"), default=True)
    is_executive = models.BooleanField(_("executive"), default=False)
    is_admin = models.BooleanField(_("admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="Europe/Berlin",
        validators=[validate_zone],
    )
    # The owner's key in the file or CRM that brought this person. Empty otherwise.
    external_id = models.CharField(max_length=255, blank=True)
    theme = models.CharField(
        _("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM
    )
    # Whether single keys act; some voices and hands press them by accident.
    has_shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    # Whom this one turned out to be: an import knew somebody by name who is here. What
    # files say of this one is said of that one.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                violation_error_message=_("Somebody already has this e-mail."),
            ),
            models.CheckConstraint(
                name="no_empty_email",
                condition=~Q(email=""),
            ),
        ]
        indexes = [
            GinIndex(SearchVector("name", config="simple"), name="person_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:person_detail", args=[self.pk])

    @property
    def sees_all(self) -> bool:
        """Whether every deal, activity and review is open to this person."""
        return self.is_executive or self.is_admin

    @property
    def is_manager(self) -> bool:
        """Whether this person leads a team. Costs a query, once per instance."""
        if self.led_team_ids is not None:
            return bool(self.led_team_ids)
        if not hasattr(self, "_is_manager"):
            self._is_manager = Team.objects.filter(manager=self).exists()
        return self._is_manager

    @property
    def led_team_ids(self) -> list[int] | None:
        """The teams that this person leads, and all below; None: nobody asked yet.

        Fetched with_surroundings, so known of whoever makes a request. Every statement
        about whose work one sees is shorter by two levels with it.
        """
        return getattr(self, "_led_team_ids", None)

    @property
    def owes_second_factor(self) -> bool:
        """Whether the company asks for a second factor and this person has none.

        Known of whoever makes a request (rhythm.people.backends); costs no query.
        """
        return bool(getattr(self, "is_second_factor_owed", False))

    @property
    def organisation(self) -> Organisation:
        """The organisation. Costs a query, unless fetched with_surroundings."""
        if values := getattr(self, "_organisation_values", None):
            return Organisation(**values)
        return Organisation.current()

    @property
    def is_staff(self) -> bool:
        """Django's admin site asks this; it is for admins alone."""
        return self.is_admin

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin

    def leads(self, person: User) -> bool:
        """Return whether `person` is in a team that this one leads, or below it."""
        return User.objects.led_by(self).filter(pk=person.pk).exists()

    def today(self, now: datetime) -> date:
        """Return the date of `now` (aware) on the wall where this person is."""
        return local_date(now, self.time_zone)

    @property
    def is_absent(self) -> bool:
        """Whether whoever leads this person stands in: it left, or has no sign-in."""
        return not self.is_active or self.email is None
