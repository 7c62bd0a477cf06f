"""That how we sell changed lately, for the first pages of those who sell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from pipeline.process.models import ProcessVersion
from rhythm.people.models import User

# So long it is news.
LATELY = timedelta(days=14)


@dataclass(frozen=True)
class News:
    """A process that was published lately."""

    process: str
    number: int
    url: str


def latest_version(viewer: User, now: datetime) -> Subquery:
    """Return what to annotate deals with: the version of their process that is news.

    None where nothing changed lately, or `viewer` published it.
    """
    lately = ProcessVersion.objects.filter(
        process=OuterRef("process"), number__gt=1, published_at__gte=now - LATELY
    ).exclude(published_by=viewer)
    told = JSONObject(process="process__name", id="process_id", number="number")
    return Subquery(lately.order_by("-number").values(told=told)[:1])


def news(found: list[dict[str, Any] | None]) -> list[News]:
    """Return what `latest_version` found, each process once."""
    told = {(each["id"], each["number"]): each["process"] for each in found if each}
    return [
        News(name, key[1], reverse("process:version_detail", args=key))
        for key, name in told.items()
    ]
