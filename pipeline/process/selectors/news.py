"""That how we sell changed lately, for the first pages of those who sell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import JSONObject
from django.urls import reverse

from pipeline.process.models import Process, ProcessVersion
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
    return _latest("process", viewer, now)


def latest_versions(deals: QuerySet[Any], viewer: User, now: datetime) -> ArraySubquery:
    """Return what to annotate a row with: what is news of the processes of `deals`."""
    sold = Process.objects.filter(pk__in=deals.order_by().values("process"))
    told = sold.annotate(told=_latest("pk", viewer, now)).filter(told__isnull=False)
    return ArraySubquery(told.order_by("position", "pk").values_list("told"))


def _latest(process: str, viewer: User, now: datetime) -> Subquery:
    lately = ProcessVersion.objects.filter(
        process=OuterRef(process), number__gt=1, published_at__gte=now - LATELY
    )
    told = JSONObject(process="process__name", id="process_id", number="number")
    # The latest decides: whoever published it knows of those before it too.
    news = Case(When(~Q(published_by=viewer), then=told))
    return Subquery(lately.order_by("-number").values(told=news)[:1])


def news(found: list[dict[str, Any] | None]) -> list[News]:
    """Return what `latest_version` found, each process once."""
    told = {(each["id"], each["number"]): each["process"] for each in found if each}
    return [
        News(name, key[1], reverse("process:version_detail", args=key))
        for key, name in told.items()
    ]
