"""What meetings there are."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeetingKind(models.TextChoices):
    """What a meeting is for. Apps to the right hold those that they know."""

    PIPELINE_REVIEW = "pipeline_review", _("Pipeline review")
    OPPORTUNITY_REVIEW = "opportunity_review", _("Opportunity review")
    ACCOUNT_REVIEW = "account_review", _("Account review")
    FORECAST_CALL = "forecast_call", _("Forecast call")
    ONE_ON_ONE = "one_on_one", _("1:1")
    TEAM_MEETING = "team_meeting", _("Team meeting")
    HUDDLE = "huddle", _("Huddle")
    EXECUTIVE_REVIEW = "executive_review", _("Executive review")
    WIN_LOSS_REVIEW = "win_loss_review", _("Win/loss review")


def called(kind: MeetingKind, subject: str) -> str:
    """Return what a meeting with `subject` is called: "Pipeline review, North"."""
    return f"{kind.label}, {subject}"
