"""Deactivating somebody hands over what is open, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from pipeline.comments import services as comments
from pipeline.comments.models import Question
from pipeline.comments.services.writing import Words
from pipeline.opportunities.models import Opportunity
from rhythm.calendar.models import Meeting, MeetingState
from rhythm.commitments.models import Commitment
from rhythm.people.models import AuditEntry, AuditKind, User
from scorecards.homes import services
from scorecards.homes.services import Heirs
from tests.factories.accounts import PlanFactory
from tests.factories.meetings import CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
NOBODY = Heirs(deals=None, plans=None, commitments=None, meetings=None)


@pytest.fixture
def busy_lena(lena: User, rita: User, central: Any) -> User:
    """Return Lena with a deal, a commitment, a review to chair, one to stand in for."""
    OpportunityFactory(owner=lena)
    CommitmentFactory(promiser=rita, receiver=lena, due_on=date(2026, 12, 1))
    MeetingFactory(chair=lena, team=central)
    return lena


def test_everything_goes_to_the_heirs(busy_lena, rita, vera, ada, as_user):
    session = as_user(busy_lena)

    heirs = replace(NOBODY, deals=rita, commitments=vera, meetings=vera)
    services.let_go(busy_lena, heirs, by=ada, now=NOW)

    assert Opportunity.objects.get().owner == rita
    assert Commitment.objects.get().receiver == vera
    assert Meeting.objects.get().chair == vera
    busy_lena.refresh_from_db()
    assert not busy_lena.is_active
    assert session.get("/people/").status_code == 302
    # Who leads above sees what she saw, until there is a new manager.
    assert vera.leads(rita)


def test_open_questions_go_with_the_deal(lena, rita, max_, ada, as_user):
    deal = OpportunityFactory(owner=rita)
    for text in ("Why is it late?", "@Lena: is the price right?"):
        comments.comment(deal, Words(text), by=max_, now=NOW, asks=True)
    heir = UserFactory(team=rita.memberships.get().team)

    services.let_go(lena, NOBODY, by=ada, now=NOW)
    assert Question.objects.to_answer(rita).count() == 2

    services.let_go(rita, replace(NOBODY, deals=heir), by=ada, now=NOW)
    assert Question.objects.to_answer(heir).count() == 2


def test_nothing_happens_when_something_has_no_heir(busy_lena, rita, ada):
    with pytest.raises(ValidationError) as refused:
        services.let_go(busy_lena, replace(NOBODY, deals=rita), by=ada, now=NOW)

    assert set(refused.value.message_dict) == {"commitments", "meetings"}
    busy_lena.refresh_from_db()
    assert busy_lena.is_active
    assert Opportunity.objects.get().owner == busy_lena


def test_account_plans_go_to_who_was_chosen(rita, lena, ada):
    plan = PlanFactory(owner=rita)
    with pytest.raises(ValidationError) as refused:
        services.let_go(rita, NOBODY, by=ada, now=NOW)
    assert set(refused.value.message_dict) == {"plans"}

    services.let_go(rita, replace(NOBODY, plans=lena), by=ada, now=NOW)

    plan.refresh_from_db()
    assert plan.owner == lena
    told = AuditEntry.objects.get(kind=AuditKind.HANDED_OVER)
    assert told.text == "1 plans → Lena Lang"


def test_the_page_offers_whoever_leads_above_a_team_without_manager(
    rita, lena, vera, ada, central, as_user
):
    PlanFactory(owner=rita)
    User.objects.filter(pk=lena.pk).update(is_active=False)

    page = as_user(ada).get(f"/setup/people/{rita.pk}/deactivate/").content.decode()

    assert "1 account plan" in page
    assert f'<option value="{vera.pk}" selected>' in page


def test_a_deputy_who_leaves_gives_the_chair_back(lena, vera, central, ada, rita):
    meeting = MeetingFactory(chair=vera, deputy=lena, team=central)

    services.let_go(lena, replace(NOBODY, meetings=rita), by=ada, now=NOW)

    meeting.refresh_from_db()
    assert (meeting.chair, meeting.deputy) == (vera, None)


def test_what_is_over_stays_with_who_did_it(lena, rita, central, ada):
    held = MeetingFactory(
        chair=lena,
        team=central,
        state=MeetingState.HELD,
        started_at=NOW,
        ended_at=NOW,
    )

    services.let_go(lena, NOBODY, by=ada, now=NOW)

    held.refresh_from_db()
    assert held.chair == lena


def test_the_page_says_what_is_in_hand_and_does_it(busy_lena, rita, vera, ada, as_user):
    browser = as_user(ada)
    url = f"/setup/people/{busy_lena.pk}/deactivate/"
    page = browser.get(url).content.decode()
    assert "1 open deal" in page
    assert "Leads Central" in page

    missing = browser.post(url, {"deals": rita.pk})
    assert missing.status_code == 422
    done = browser.post(
        url, {"deals": rita.pk, "commitments": vera.pk, "meetings": vera.pk}
    )
    assert done.status_code == 302
    busy_lena.refresh_from_db()
    assert not busy_lena.is_active


def test_nobody_deactivated_or_leaving_is_an_heir(busy_lena, dora, ada, as_user):
    url = f"/setup/people/{busy_lena.pk}/deactivate/"
    for wrong in (dora, busy_lena):
        chosen = dict.fromkeys(("deals", "commitments", "meetings"), wrong.pk)
        assert as_user(ada).post(url, chosen).status_code == 422


def test_an_admin_does_not_deactivate_oneself(ada, as_user):
    answer = as_user(ada).post(f"/setup/people/{ada.pk}/deactivate/")

    assert answer.status_code == 422
    assert "yourself" in answer.content.decode()
