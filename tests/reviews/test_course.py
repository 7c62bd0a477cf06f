from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.opportunities import services as deals
from pipeline.reviews import services
from pipeline.reviews.models import PrivateNote, Review, ReviewItem
from rhythm.calendar.models import MeetingState
from rhythm.web.versions import Conflict
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import OpportunityFactory
from tests.reviews.conftest import NOW


def test_the_same_form_plans_one_review(plan):
    key = uuid4()
    assert plan(submission_key=key) == plan(submission_key=key)
    assert Review.objects.count() == 1


def test_an_agenda_holds_only_deals_that_the_chair_sees(plan, deal, otto):
    foreign = OpportunityFactory(owner=otto)
    review = plan(talk=(deal.pk, foreign.pk))
    assert [each.opportunity for each in review.items.all()] == [deal]


def test_an_empty_agenda_is_refused_and_leaves_nothing(plan):
    with pytest.raises(ValidationError, match="at least one deal"):
        plan(talk=())
    assert not Review.objects.exists()


def test_it_remembers_why_each_deal_is_on_it(plan, deal, other):
    CommitmentFactory(due_on=NOW.date() - timedelta(days=3))
    deal.commitments.add(CommitmentFactory(due_on=NOW.date() - timedelta(days=3)))
    review = plan()
    kinds = {
        each.opportunity: [reason["kind"] for reason in each.reasons]
        for each in review.items.all()
    }
    assert "commitment_broken" in kinds[deal]
    assert "commitment_broken" not in kinds[other]


def test_a_deal_that_closed_meanwhile_leaves_a_planned_agenda(plan, deal, other, lena):
    review = plan()
    deals.close(deal, outcome="lost", reason="Price", by=lena, now=NOW)
    services.begin(review, by=lena, now=NOW)
    assert [each.opportunity for each in review.items.all()] == [other]


def test_the_clock_rests_and_goes_on(review, lena):
    rest, again = NOW + timedelta(minutes=10), NOW + timedelta(minutes=60)
    services.pause(review, by=lena, now=rest)
    review.refresh_from_db()
    assert review.seconds_at(again) == 600

    services.resume(review, by=lena, now=again)
    review.refresh_from_db()
    assert review.seconds_at(again + timedelta(minutes=5)) == 900


def test_abandoning_needs_a_reason_and_keeps_what_was_decided(review, item, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    with pytest.raises(ValidationError, match="why it ends"):
        services.abandon(review, "", by=lena, now=NOW)
    services.abandon(review, "Fire alarm", by=lena, now=NOW)
    item.refresh_from_db()
    assert item.decision == "keep"


def test_a_deputy_takes_the_chair(review, item, lena, omar):
    omar.set_password("x")
    omar.save()
    services.hand_over(review, to=omar, by=lena)
    services.decide(item, "keep", by=omar, now=NOW)
    with pytest.raises(PermissionDenied):
        services.decide(item, "keep", by=lena, now=NOW)


def test_who_handed_the_chair_over_takes_it_back(as_user, review, item, lena, omar):
    services.hand_over(review, to=omar, by=lena)
    room = reverse("reviews:review_detail", args=[review.pk])
    take = reverse("reviews:review_claim", args=[review.pk])
    assert take in as_user(lena).get(room).text

    as_user(lena).post(take)

    services.decide(item, "keep", by=lena, now=NOW)
    assert take not in as_user(lena).get(room).text


def test_the_leader_above_goes_on_after_a_chair_who_left(review, item, lena, vera):
    lena.is_active = False
    lena.save()
    vera.set_password("x")
    vera.save()
    services.claim(review, by=vera)
    services.decide(item, "keep", by=vera, now=NOW)


def test_nobody_else_claims_the_chair(review, omar, rita, max_, ada):
    for person in (omar, rita, max_, ada):
        with pytest.raises(PermissionDenied):
            services.claim(review, by=person)


def test_the_note_is_shared_and_versioned(item, lena):
    services.write_note(item, "They fear IT", by=lena, shown_version=1)
    services.write_note(item, "They fear IT", by=lena, shown_version=1)
    with pytest.raises(Conflict):
        services.write_note(item, "Something else", by=lena, shown_version=1)


def test_deciding_does_not_disturb_the_note(item, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    services.write_note(item, "More", by=lena, shown_version=item.note_version)


def test_everybody_has_a_private_note_of_their_own(item, lena, rita):
    services.write_private_note(item, "Rita bluffs", author=lena, shown_version=0)
    services.write_private_note(item, "Lena is late", author=rita, shown_version=0)
    assert [e.text for e in PrivateNote.objects.visible_to(lena)] == ["Rita bluffs"]
    with pytest.raises(Conflict):
        services.write_private_note(item, "Other", author=lena, shown_version=0)


def test_a_tick_is_kept_once(item, lena, deal):
    deal.stage.questions = ["Who signs?"]
    deal.stage.save()
    for _ in range(2):
        services.ask(item, "Who signs?", is_asked=True, by=lena)
    assert ReviewItem.objects.get(pk=item.pk).asked == ["Who signs?"]
    services.ask(item, "Who signs?", is_asked=False, by=lena)
    assert ReviewItem.objects.get(pk=item.pk).asked == []
    with pytest.raises(ValidationError, match="not asked at this stage"):
        services.ask(item, "Anything?", is_asked=True, by=lena)


def test_the_same_commitment_twice_is_one(item, lena, rita, deal):
    key = uuid4()
    made = [
        services.promise(
            item,
            "Send it",
            promiser=rita,
            due_on=NOW.date(),
            by=lena,
            now=NOW,
            submission_key=key,
        )
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert deal.commitments.count() == 1


def test_a_commitment_made_by_mistake_goes_away(item, lena, rita, deal):
    made = services.promise(
        item, "Send it", promiser=rita, due_on=NOW.date(), by=lena, now=NOW
    )
    services.withdraw_commitment(item, made, by=lena)
    assert not deal.commitments.exists()


def test_a_deal_is_added_once(review, item, lena, rita, otto):
    more = OpportunityFactory(owner=rita)
    added = services.add_deal(review, more, by=lena, now=NOW)
    assert services.add_deal(review, more, by=lena, now=NOW) == added
    with pytest.raises(PermissionDenied):
        services.add_deal(review, OpportunityFactory(owner=otto), by=lena, now=NOW)


def test_followers_go_where_the_chair_goes(review, second, lena, rita):
    before = review.pulse
    services.go_to(second.review, second.pk, by=lena, now=NOW)
    review.refresh_from_db()
    assert review.current_item == second
    assert review.pulse > before
    with pytest.raises(PermissionDenied):
        services.go_to(second.review, second.pk, by=rita, now=NOW)


def test_unreviewed_deals_come_first_next_time(plan, review, item, second, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    services.skip(second, "No time", by=lena, now=NOW)
    services.finish(review, by=lena, now=NOW)
    after = plan()
    first = next(iter(after.items.all()))
    assert first.opportunity == second.opportunity
    assert first.reasons[0]["kind"] == "left_over"
    assert review.__class__.objects.get(pk=review.pk).meeting.state == MeetingState.HELD
