"""Somebody whom an import knew by name turns out to be a person who is here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pipeline.activities.models import Activity
from pipeline.opportunities.models import Opportunity
from rhythm.people.models import AuditEntry, Membership, Team, User
from scorecards.homes.merging import merge
from tests.factories.activities import ActivityFactory
from tests.factories.comments import CommentFactory, QuestionFactory
from tests.factories.meetings import CommitmentFactory
from tests.factories.people import UserFactory
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, totals, upload

pytestmark = pytest.mark.django_db

DEALS = (
    "id,name,account,stage,close date,owner\n"
    "1,Trench,Acme,Discover,2026-12-01,R. Sol\n"
    "2,Mast,Acme,Won,2026-11-01,R. Sol\n"
)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def imported(ada: User) -> User:
    """Somebody who owns an open and a closed deal of an import."""
    a_process()
    bring_in(upload(ada, a_file("deals.csv", DEALS)))
    return User.objects.get_queryset().get(name="R. Sol")


def test_deals_activities_and_commitments_move_and_history_stays(
    imported: User, rita: User, ada: User, now: datetime
) -> None:
    deal = Opportunity.objects.get(external_id="1")
    activity = ActivityFactory(owner=imported, opportunity=deal)
    promise = CommitmentFactory(promiser=imported)
    asked = QuestionFactory(comment__opportunity=deal, asked=imported)
    said = CommentFactory(opportunity=deal, author=imported)
    merge(imported, rita, by=ada, now=now)
    assert set(Opportunity.objects.values_list("owner", flat=True)) == {rita.pk}
    assert Activity.objects.get(pk=activity.pk).owner == rita
    for record in (promise, asked, said):
        record.refresh_from_db()
    assert promise.promiser == asked.asked == said.author == rita
    imported.refresh_from_db()
    assert not imported.is_active
    assert imported.merged_into == rita
    assert deal.events.get().owner_id == imported.pk
    assert AuditEntry.objects.get(kind="merged").about == rita


def test_the_next_import_means_the_real_person(
    imported: User, rita: User, ada: User, now: datetime
) -> None:
    merge(imported, rita, by=ada, now=now)
    assert totals(bring_in(upload(ada, a_file("deals.csv", DEALS)))) == {"same": 2}
    more = DEALS + "3,Relay,Acme,Discover,2026-12-01,R. Sol\n"
    bring_in(upload(ada, a_file("deals.csv", more)))
    assert Opportunity.objects.get(external_id="3").owner == rita
    assert not User.objects.active().filter(name="R. Sol").exists()


def test_the_team_goes_along_unless_there_is_one(
    imported: User, ada: User, now: datetime
) -> None:
    north = Team.objects.create(name="Far North")
    Membership.objects.create(user=imported, team=north, since=now.date())
    real = UserFactory()
    merge(imported, real, by=ada, now=now)
    assert Membership.objects.present().get(user=real).team == north


def test_who_may_sign_in_is_nobody_else(rita: User, ada: User, now: datetime) -> None:
    with pytest.raises(ValidationError, match="without sign-in"):
        merge(rita, ada, by=ada, now=now)


def test_the_page_says_whom_it_is(
    imported: User, rita: User, ada: User, as_user: Callable[..., Client]
) -> None:
    browser = as_user(ada)
    page = browser.get(imported.get_absolute_url()).content.decode()
    url = reverse("homes:person_merge", args=[imported.pk])
    assert url in page
    assert "1 open deal" in browser.get(url).content.decode()
    assert browser.post(url, {"into": rita.pk}).status_code == 302
    page = browser.get(imported.get_absolute_url()).content.decode()
    assert "is the same as" in page
