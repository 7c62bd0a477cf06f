"""What the team's chat channel reads of a review."""

from datetime import date, timedelta

import pytest

from pipeline.reviews import services
from rhythm.notices.models import Notice
from tests.factories.channels import ChannelFactory
from tests.factories.opportunities import OpportunityFactory
from tests.reviews.conftest import NOW, review_item

LATER = NOW + timedelta(minutes=40)


@pytest.fixture
def held(plan, deal, other, otto, vera, rita):
    """Have Vera hold a review of Lena's team, with a deal of Otto's in it."""

    def hold(**more):
        theirs = OpportunityFactory(owner=otto, account__name="Ostmark")
        talk = [deal.pk, other.pk, theirs.pk]
        review = services.begin(plan(chair=vera, talk=talk, **more), by=vera, now=NOW)
        for each in (deal, other, theirs):
            item = review_item(review, each)
            services.write_note(item, "canary-note", by=vera, shown_version=None)
            services.decide(item, "park", text="canary-text", by=vera, now=NOW)
        services.promise(
            review_item(review, deal),
            "canary-promise",
            promiser=rita,
            due_on=date(2026, 11, 27),
            by=vera,
            now=NOW,
        )
        for _ in range(2):
            services.finish(review, by=vera, now=LATER)
        return review

    return hold


def test_a_team_reads_numbers_and_a_link_once(held, central, west, lena):
    own = ChannelFactory(team=central, made_by=lena)
    ChannelFactory(team=west, made_by=lena)

    review = held()

    said = Notice.objects.get(channel__isnull=False)
    assert said.channel == own
    assert said.subject == "Pipeline review, Central"
    assert said.text == "3 deals, 1 commitment"
    assert said.url == f"/reviews/{review.pk}/minutes/"


def test_deals_of_the_teams_own_people_are_named_where_the_channel_says_so(
    held, central, lena
):
    ChannelFactory(team=central, made_by=lena, names_deals=True)

    held()

    text = Notice.objects.get(channel__isnull=False).text
    assert "Brennecke" in text
    assert "Castellan" in text
    assert "Ostmark" not in text
    assert "canary" not in text


def test_a_review_with_one_person_is_told_to_no_channel(held, rita, lena):
    ChannelFactory(made_by=lena)

    held(subject=rita)

    assert not Notice.objects.filter(channel__isnull=False).exists()
