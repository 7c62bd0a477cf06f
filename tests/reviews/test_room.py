"""Review mode over HTTP: with htmx and without, and who reads what."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import services as deals
from pipeline.opportunities.models import AmountSource, Opportunity
from pipeline.process.models import Milestone
from pipeline.reviews import services
from pipeline.reviews.models import PrivateNote, Review, ReviewItem
from rhythm.commitments.models import Commitment
from rhythm.notices.models import Notice
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory
from tests.reviews.conftest import NOW, review_item

HTMX = {"HX-Request": "true"}
PRIVATE = "canary-of-lena-51c"


def url(name, *args):
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def chair(as_user, lena):
    return as_user(lena)


def test_keep_without_htmx_goes_to_the_next_deal(chair, item, second):
    where = url("review_decide", item.review_id, item.pk)
    answer = chair.post(where, {"decision": "keep", "version": 1})
    assert answer.url == url("review_item", item.review_id, second.pk)


def test_keep_with_htmx_swaps_the_next_deal_in(chair, item, second):
    answer = chair.post(
        url("review_decide", item.review_id, item.pk),
        {"decision": "keep", "version": 1},
        headers=HTMX,
    )
    text = answer.content.decode()
    assert "Castellan" in text
    assert f'id="q-{item.pk}" hx-swap-oob="true"' in text
    assert "kept" in answer["HX-Trigger"]


def test_a_closed_gate_says_what_is_missing(gate, chair, item):
    answer = chair.post(
        url("review_decide", item.review_id, item.pk),
        {"decision": "advance", "version": 1},
        headers=HTMX,
    )
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#decide"
    assert "Amount is known" in answer.content.decode()


def test_an_unknown_decision_does_not_exist(chair, item):
    data = {"decision": "burn"}
    where = url("review_decide", item.review_id, item.pk)
    assert chair.post(where, data).status_code == 404


def test_a_stale_decision_is_asked_and_can_be_forced(chair, item, second, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    where = url("review_decide", item.review_id, item.pk)
    data = {"decision": "park", "text": "May", "version": 1}
    answer = chair.post(where, data, headers=HTMX)
    assert answer.status_code == 409
    assert "Decided meanwhile: Keep" in answer.content.decode()

    chair.post(where, data | {"overwrite": "1"}, headers=HTMX)
    assert ReviewItem.objects.get(pk=item.pk).decision == "park"


def test_the_same_form_starts_one_review(chair, central, deal, rita):
    data = {
        "with": f"team-{central.pk}",
        "shown": f"team-{central.pk}",
        "minutes": "45",
        "added": [deal.pk],
        "talk": [deal.pk],
        "then": "now",
        "submission_key": str(uuid4()),
    }
    answers = [chair.post(url("review_start"), data) for _ in range(2)]
    review = Review.objects.get()
    assert [each.url for each in answers] == [review.get_absolute_url()] * 2
    assert review.meeting.state == "running"


def test_one_kept_for_later_is_planned(chair, central, deal):
    data = {
        "with": f"team-{central.pk}",
        "shown": f"team-{central.pk}",
        "minutes": "30",
        "added": [deal.pk],
        "talk": [deal.pk],
        "then": "later",
        "starts_on": "2030-01-02",
        "starts_at": "10:00",
        "submission_key": str(uuid4()),
    }
    assert chair.post(url("review_start"), data).url == url("review_list")
    review = Review.objects.get()
    assert review.meeting.state == "planned"
    # Lena is in Berlin.
    assert review.meeting.starts_at.isoformat() == "2030-01-02T09:00:00+00:00"


def test_nobody_reviews_a_team_that_is_not_theirs(chair, west, deal):
    data = {"with": f"team-{west.pk}", "minutes": "45", "then": "now"}
    assert chair.post(url("review_start"), data).status_code == 422
    assert not Review.objects.exists()


@pytest.mark.parametrize("minutes", ["4", "481", "-1", "x", "1e9", ""])
def test_a_length_that_makes_no_sense_is_refused_beside_its_field(
    chair, central, deal, minutes
):
    data = {"with": f"team-{central.pk}", "minutes": minutes, "then": "now"}
    answer = chair.post(url("review_start"), data)
    if minutes:
        assert answer.status_code == 422
        assert answer.context["form"].errors["minutes"]
    assert not Review.objects.exists()


def test_the_same_commitment_form_makes_one(chair, item, rita):
    data = {
        "what": "Send it",
        "promiser": rita.pk,
        "due_on": "2030-01-02",
        "submission_key": str(uuid4()),
    }
    for _ in range(2):
        chair.post(url("review_commitment_add", item.review_id, item.pk), data)
    assert Commitment.objects.count() == 1


def test_a_commitment_that_makes_no_sense_keeps_what_was_typed(chair, item, rita):
    data = {"what": "x" * 301, "promiser": rita.pk, "due_on": "31.02.2026"}
    where = url("review_commitment_add", item.review_id, item.pk)
    answer = chair.post(where, data, headers=HTMX)
    assert answer.status_code == 422
    assert "x" * 301 in answer.content.decode()
    assert not Commitment.objects.exists()


def test_a_note_from_a_stale_window_is_asked(chair, item, lena):
    services.write_note(item, "Theirs", by=lena, shown_version=1)
    where = url("review_note", item.review_id, item.pk)
    answer = chair.post(where, {"text": "Mine", "version": 1}, headers=HTMX)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Theirs" in text
    assert "Mine" in text


def test_a_refused_note_keeps_its_words(chair, review, item, lena):
    for name in ("review_note", "review_private_note"):
        where = url(name, item.review_id, item.pk)
        answer = chair.post(where, {"text": "y" * 10_001}, headers=HTMX)
        assert answer.status_code == 422
        assert "y" * 10_001 in answer.text
    services.abandon(review, "Fire alarm", by=lena, now=NOW)
    where = url("review_note", item.review_id, item.pk)
    answer = chair.post(where, {"text": "Mine", "version": 1}, headers=HTMX)
    assert answer.status_code == 422
    assert "Mine" in answer.text


def test_a_stale_edit_is_asked_with_both_values(chair, item, deal, rita):
    deals.edit(deal, {"next_step": "Theirs"}, by=rita, shown_version=1)
    where = url("review_deal_edit", item.review_id, item.pk)
    data = {"next_step": "Mine", "amount": "10000", "version": "1"}
    answer = chair.post(where, data, headers=HTMX)
    assert answer.status_code == 409
    assert "Theirs" in answer.content.decode()


def test_a_poll_without_news_has_no_content(chair, review):
    page = chair.get(review.get_absolute_url())
    assert chair.get(page.context["pulse_url"], headers=HTMX).status_code == 204


def test_a_poll_of_somebody_without_a_deal_here_has_none_either(
    as_user, review, central
):
    follower = as_user(UserFactory(team=central))
    page = follower.get(review.get_absolute_url())
    assert "None of your deals is on this agenda" in page.content.decode()
    assert follower.get(page.context["pulse_url"], headers=HTMX).status_code == 204


def test_a_poll_brings_the_deal_that_the_chair_went_to(
    as_user, rita, lena, review, item, second
):
    follower = as_user(rita)
    pulse = follower.get(review.get_absolute_url()).context["pulse_url"]
    services.go_to(second.review, second.pk, by=lena, now=NOW)
    answer = follower.get(pulse, headers=HTMX)
    assert answer["Review-Item"] == str(second.pk)
    assert "Castellan" in answer.content.decode()


def test_a_poll_brings_the_decisions_to_whoever_gets_the_chair(
    as_user, rita, lena, review, item
):
    follower, chair = as_user(rita), as_user(lena)
    pulses = [
        browser.get(review.get_absolute_url()).context["pulse_url"]
        for browser in (follower, chair)
    ]
    services.hand_over(review, to=rita, by=lena)

    gained = follower.get(pulses[0], headers=HTMX).text
    lost = chair.get(pulses[1], headers=HTMX).text

    assert 'id="decide"' in gained
    assert url("review_decide", review.pk, item.pk) in gained
    assert 'id="decide"' in lost
    assert url("review_decide", review.pk, item.pk) not in lost


def test_a_poll_tells_of_an_edit_on_the_deals_own_page(chair, review, item, deal, rita):
    pulse = chair.get(review.get_absolute_url()).context["pulse_url"]
    deals.edit(deal, {"next_step": "Ask Lars"}, by=rita, shown_version=None)
    assert "Ask Lars" in chair.get(pulse, headers=HTMX).content.decode()


def test_a_finished_review_sends_followers_to_the_minutes(as_user, rita, lena, review):
    follower = as_user(rita)
    pulse = follower.get(review.get_absolute_url()).context["pulse_url"]
    services.finish(review, by=lena, now=NOW, skip_rest="Time")
    answer = follower.get(pulse, headers=HTMX)
    assert answer["HX-Redirect"] == review.get_absolute_url()


def test_a_rep_sees_the_own_deals_of_a_teams_review(
    as_user, plan, sales, vera, rita, otto
):
    mine = OpportunityFactory(owner=rita, account__name="Mine GmbH")
    theirs = OpportunityFactory(owner=otto, account__name="Theirs GmbH")
    review = services.begin(
        plan(chair=vera, subject=sales, talk=[mine.pk, theirs.pk]), by=vera, now=NOW
    )
    follower = as_user(rita)
    page = follower.get(review.get_absolute_url()).content.decode()
    assert "Mine GmbH" in page
    assert "Theirs GmbH" not in page

    foreign = review_item(review, theirs)
    for name in ("review_item", "review_changes"):
        assert follower.get(url(name, review.pk, foreign.pk)).status_code == 404
    services.finish(review, by=vera, now=NOW, skip_rest="Time")
    minutes = follower.get(url("review_minutes", review.pk)).content.decode()
    assert "Mine GmbH" in minutes
    assert "Theirs GmbH" not in minutes


def test_who_finishes_sees_that_owners_of_the_skipped_get_the_minutes(
    chair, item, other, review, lena, otto
):
    Opportunity.objects.filter(pk=other.pk).update(owner=otto)
    services.decide(item, "keep", by=lena, now=NOW)
    page = chair.get(url("review_finish", review.pk))
    services.finish(review, by=lena, now=NOW, skip_rest="Time")
    told = {each.recipient for each in Notice.objects.filter(kind="reviews.minutes")}
    assert otto in told
    assert set(page.context["readers"]) == told


def test_a_private_note_is_read_by_its_author_alone(
    as_user, item, second, review, lena, rita, vera, max_, ada, omar, otto
):
    services.write_private_note(item, PRIVATE, author=lena, shown_version=0)
    services.decide(item, "keep", by=lena, now=NOW)
    others = (rita, vera, max_, ada, omar, otto)
    pages = [
        url("review_detail", review.pk),
        url("review_item", review.pk, item.pk),
        url("review_changes", review.pk, item.pk),
        url("review_pulse", review.pk),
        url("review_list"),
        url("review_minutes", review.pk),
        url("review_finish", review.pk),
        item.opportunity.get_absolute_url(),
    ]

    def reads(person):
        browser = as_user(person)
        return any(
            PRIVATE in browser.get(page, headers=headers, follow=True).content.decode()
            for page in pages
            for headers in ({}, HTMX)
        )

    assert reads(lena)
    assert not any(map(reads, others))

    services.finish(review, by=lena, now=NOW, skip_rest="Time")
    assert not any(map(reads, others))
    assert not any(PRIVATE in each.text + each.html for each in Notice.objects.all())


def test_a_private_note_stands_in_its_own_table_alone(item, second, review, lena):
    from django.apps import apps

    services.write_private_note(item, PRIVATE, author=lena, shown_version=0)
    services.write_private_note(item, PRIVATE + "2", author=lena, shown_version=1)
    services.finish(review, by=lena, now=NOW, skip_rest="Time")
    holding = [
        model.__name__
        for model in apps.get_models()
        for row in model._default_manager.all().values()
        if PRIVATE in str(row)
    ]
    assert set(holding) == {"PrivateNote"}
    assert PrivateNote.objects.count() == 1


def test_markup_in_every_text_stays_text(chair, item, second, rita, lena, review):
    evil = "<script>alert(1)</script>"
    services.write_note(item, evil, by=lena, shown_version=None)
    services.promise(
        item,
        evil,
        promiser=rita,
        due_on=NOW.date().replace(year=2030),
        by=lena,
        now=NOW,
    )
    services.decide(item, "park", text=evil, by=lena, now=NOW)
    services.skip(second, evil, by=lena, now=NOW)
    for page in (
        url("review_item", review.pk, item.pk),
        url("review_finish", review.pk),
    ):
        assert evil not in chair.get(page).content.decode()
    services.finish(review, by=lena, now=NOW)
    assert evil not in chair.get(url("review_minutes", review.pk)).content.decode()


def test_an_amount_that_is_the_list_price_says_so_everywhere(
    chair, item, deal, central
):
    Opportunity.objects.filter(pk=deal.pk).update(
        amount=500, amount_source=AmountSource.LIST_PRICE
    )
    review = item.review_id
    for page in (
        url("review_item", review, item.pk),
        url("review_minutes", review),
        url("review_start")
        + f"?with=team-{central.pk}&shown=team-{central.pk}&added={deal.pk}",
    ):
        assert "list price" in chair.get(page, follow=True).content.decode(), page


@pytest.mark.parametrize("days", [-1, 1])
def test_the_room_holds_against_a_deal_what_the_gate_does(gate, chair, item, days):
    ends = timezone.now() + timedelta(days=days)
    later = timezone.now() + timedelta(days=300)
    Milestone.objects.update(asked_since=later, binds_from=ends)
    page = chair.get(url("review_item", item.review_id, item.pk)).content.decode()
    row = page.partition(f'id="m-{gate.pk}"')[2].partition("</li>")[0]
    assert ("Missing:" in row) is (days < 0)
    assert ("binds from" in row) is (days > 0)


def test_why_a_commitment_was_dropped_stands_in_the_review(chair, item, deal, rita):
    made = CommitmentFactory(promiser=rita, state="dropped", drop_reason="They left.")
    deal.commitments.add(made)

    page = chair.get(url("review_item", item.review_id, item.pk)).text

    assert "Dropped: They left." in page


def test_a_chair_of_long_ago_sees_nothing_of_what_became_of_the_deals(
    review, item, lena, central, west, omar, as_user
):
    """Lena ran a review of her team, then went to lead another."""
    services.finish(review, by=lena, now=NOW, skip_rest="No time")
    central.manager = omar
    central.save()
    page = url("review_changes", review.pk, item.pk)
    assert as_user(lena).get(page).status_code == 404
    assert as_user(omar).get(page).status_code == 200
    assert "Brennecke" in as_user(lena).get(url("review_minutes", review.pk)).text
