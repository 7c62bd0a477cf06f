"""The recap and the minutes: each reader the own part."""

import pytest
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.mailing import recap_drafts
from rhythm.notices.models import Notice
from rhythm.notices.selectors.inbox import hidden_of
from rhythm.people.models import Membership
from tests.factories.people import UserFactory
from tests.runner.conftest import DUE, NOW, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def mate(central):
    return UserFactory(name="Mona Moor", team=central)


@pytest.fixture
def held(run, case, deal, lena, rita, mate):
    services.choose_case(case, deal, by=lena)
    services.go_to(case, by=lena, now=minutes(5))
    services.write_note(case, "Call the plant first", by=lena, shown_version=1)
    services.promise(run, "Call them", promiser=rita, due_on=DUE, by=lena, now=NOW)
    return services.finish(run, by=lena, now=minutes(30))


def recap(person):
    return Notice.objects.get(kind="meetings.recap", recipient=person)


def test_the_recap_names_the_case_only_to_those_who_see_the_deal(
    held, rita, lena, mate
):
    for person in (rita, lena):
        assert "Brennecke: Sensors" in recap(person).text
        assert "Call them" in recap(person).html
    assert "Sensors" not in recap(mate).text + recap(mate).html
    assert "Call them" not in recap(mate).text
    assert "Call the plant first" in recap(mate).text


def test_a_reader_more_costs_only_what_that_one_may_see(held, central, count_queries):
    few = count_queries(lambda: list(recap_drafts(held, now=NOW)))
    UserFactory.create_batch(10, team=central)
    many = count_queries(lambda: list(recap_drafts(held, now=NOW)))
    # The deals and the commitments that each sees, and whether each leads anybody.
    assert many - few == 30


def test_the_recap_leads_to_the_vote(held, rita):
    assert reverse("runner:vote", args=[held.meeting_id]) in recap(rita).text


def test_the_minutes_are_made_for_their_reader(held, as_user, rita, mate):
    page = reverse("runner:minutes", args=[held.meeting_id])
    assert "Call them" in as_user(rita).get(page).text
    text = as_user(mate).get(page).text
    assert "Call them" not in text
    assert "Call the plant first" in text


def test_the_next_meeting_links_to_the_minutes(held, team_meeting, as_user, lena):
    following = team_meeting(starts_at=minutes(7 * 24 * 60))
    page = reverse("meetings:meeting_detail", args=[following.pk])
    text = as_user(lena).get(page).text
    assert reverse("runner:minutes", args=[held.meeting_id]) in text
    assert "Call them" in text


def test_text_that_looks_like_markup_stays_text(run, case, lena, rita):
    services.write_note(case, "<b>x</b>", by=lena, shown_version=1)
    services.finish(run, by=lena, now=minutes(30))
    assert "<b>x</b>" not in recap(rita).html
    assert "&lt;b&gt;" in recap(rita).html


def test_who_left_the_team_before_it_leaves_gets_no_recap(held, mate, west):
    """Quiet hours keep a mail back till the morning."""
    assert not hidden_of(mate, [recap(mate)])
    Membership.objects.filter(user=mate).update(team=west)
    assert hidden_of(mate, [recap(mate)]) == {recap(mate).pk}
