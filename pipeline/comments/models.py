"""Comments on deals, and the questions among them."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pipeline.opportunities.models import Opportunity
from rhythm.people.models import Membership, Team, User
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

LONGEST = 4000


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the comments on deals that `viewer` may see, the removed among them.

        Of a removed one, pages show that it was there, and no word of it.
        """
        if not viewer.is_active:
            return self.none()
        if viewer.sees_all:
            return self
        return self.filter(opportunity__in=Opportunity.objects.visible_to(viewer))

    def editable_by(self, editor: User) -> Self:
        """Return what `editor` wrote, where they still see the deal."""
        return self.visible_to(editor).filter(author=editor, removed_at=None)

    def opening(self) -> Self:
        """Return those that begin a talk, and answer nobody."""
        return self.filter(parent=None)


@tracked(exclude=("version", "submission_key"))
class Comment(Versioned):
    """What somebody says about a deal, to whoever may see it. Plain text."""

    opportunity = models.ForeignKey(
        Opportunity, models.PROTECT, related_name="+", verbose_name=_("deal")
    )
    # What it replies to; never a reply itself.
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    text = models.TextField(_("comment"), max_length=LONGEST)
    # Who was called by @, and how each name stands in the text, to be marked there.
    mentioned: models.ManyToManyField[User, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+"
    )
    called = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # A reply that was meant to answer the question.
    is_answer = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Chosen by the form, so that a double submit makes one.
    submission_key = models.UUIDField(null=True, unique=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="comment_removed_by_somebody",
                condition=Q(removed_at=None, removed_by=None)
                | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="only_a_reply_is_an_answer",
                condition=Q(is_answer=False) | Q(parent__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["opportunity", "-id"],
                name="comments_that_open_a_talk",
                condition=Q(parent=None),
            ),
            models.Index(fields=["parent", "-id"], name="replies_of_a_comment"),
        ]

    def __str__(self) -> str:
        return f"{self.author} on {self.opportunity}"

    def called_before(self) -> set[int]:
        """Return the ids of those whom the saved text calls."""
        return set(self.mentioned.values_list("pk", flat=True))

    def get_absolute_url(self) -> str:
        page = reverse("comments:comment_detail", args=[self.parent_id or self.pk])
        return f"{page}#comment-{self.pk}"


class QuestionState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    # The asker knows it from somewhere else, or does not need it any more.
    ELSEWHERE = "elsewhere", _("Answered elsewhere")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: User) -> Self:
        """Return the questions on deals that `viewer` may see."""
        if viewer.is_active and viewer.sees_all:
            return self
        deals = Opportunity.objects.visible_to(viewer)
        return self.filter(comment__opportunity__in=deals)

    def editable_by(self, editor: User) -> Self:
        """Return those that `editor` may close: the own, and of whom they stand for."""
        absent = Q(comment__author__is_active=False) | Q(comment__author__email=None)
        led = Q(comment__author__in=User.objects.led_by(editor))
        own = Q(comment__author=editor) | (absent & led)
        return self.visible_to(editor).filter(own, comment__removed_at=None)

    def open(self) -> Self:
        """Return those that wait. Who removed a question does not ask any more."""
        return self.filter(state=QuestionState.OPEN, comment__removed_at=None)

    def with_answerer(self) -> Self:
        """Add `answerer_id`: who has to answer, by what holds at present.

        That is who was asked, while they are here and see the deal. Else it is
        whoever owns the deal, as for questions to "the owner".
        """
        owner = "comment__opportunity__owner"
        lines = Membership.objects.teams_above(OuterRef(OuterRef(owner)))
        leads = Team.objects.filter(manager=OuterRef("asked"), pk__in=lines)
        sees = Q(asked__is_executive=True) | Q(asked__is_admin=True) | Q(asked=F(owner))
        return self.annotate(
            answerer_id=Case(
                When(Q(asked__is_active=True) & (sees | Exists(leads)), then="asked"),
                default=owner,
            )
        )

    def to_answer(self, person: User) -> Self:
        """Return the open ones that `person` has to answer.

        Whoever leads an owner who cannot sign in answers in their place.
        """
        if not person.is_active:
            return self.none()
        absent = Q(comment__opportunity__owner__is_active=False) | Q(
            comment__opportunity__owner__email=None
        )
        for_owner = Q(answerer_id=F("comment__opportunity__owner")) & absent
        led = Q(answerer_id__in=User.objects.led_by(person))
        found = self.visible_to(person).open().with_answerer()
        # Who asked and has the deal by now waits for nobody else.
        found = found.exclude(comment__author=person)
        return found.filter(Q(answerer_id=person.pk) | (for_owner & led))

    def with_rights_of(self, viewer: User) -> Self:
        """Add `may_close` and `is_to_answer`: what `viewer` may and has to do."""
        same = Question.objects.filter(pk=OuterRef("pk"))
        return self.annotate(
            may_close=Exists(same.open().editable_by(viewer)),
            is_to_answer=Exists(same.to_answer(viewer)),
        )

    def waiting(self, person: User) -> Self:
        """Return the open ones that `person` asked."""
        asked = self.visible_to(person).open().filter(comment__author=person)
        return asked.with_answerer()


@tracked()
class Question(models.Model):
    """A comment that waits for an answer."""

    comment = models.OneToOneField(
        Comment, models.PROTECT, related_name="question", editable=False
    )
    # Null: whoever owns the deal, also after it changed hands.
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(
        max_length=9, choices=QuestionState, default=QuestionState.OPEN
    )
    answer = models.OneToOneField(
        Comment, models.PROTECT, null=True, related_name="+", editable=False
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="question_answered_by_an_answer",
                condition=Q(state="answered", answer__isnull=False)
                | (~Q(state="answered") & Q(answer=None)),
            ),
            models.CheckConstraint(
                name="question_settled_iff_not_open",
                condition=Q(state="open", settled_at=None, settled_by=None)
                | (
                    ~Q(state="open")
                    & Q(settled_at__isnull=False, settled_by__isnull=False)
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked"], name="questions_open", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: {self.comment}"

    @property
    def is_open(self) -> bool:
        return self.state == QuestionState.OPEN
