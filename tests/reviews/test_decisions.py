from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from pipeline.opportunities.services import GateClosed
from pipeline.reviews import services
from pipeline.reviews.models import Decision, Review, ReviewItem
from pipeline.reviews.services import NewCommitment
from rhythm.commitments.models import Commitment
from rhythm.web.versions import Conflict
from tests.reviews.conftest import NOW

DUE = date(2026, 11, 26)


@pytest.fixture
def decide(lena):
    def act(item, decision, by=lena, **more):
        return services.decide(item, decision, by=by, now=NOW, **more)

    return act


def promise(who, what="Practise the opening"):
    return NewCommitment(what, who, DUE, uuid4())


def test_keep_needs_nothing_and_goes_on_to_the_next(decide, item, second, lena):
    decided = decide(item, Decision.KEEP)

    assert (decided.decision, decided.decided_by) == ("keep", lena)
    assert Review.objects.get().current_item == second


def test_after_the_last_one_it_goes_back_to_what_is_left(decide, item, second):
    decide(second, Decision.KEEP)
    assert Review.objects.get().current_item == item


def test_advance_moves_the_deal(decide, item, deal):
    decided = decide(item, Decision.ADVANCE)

    deal.refresh_from_db()
    assert deal.stage.name == "Propose"
    assert (decided.moved_from, decided.moved_to) == ("Discover", "Propose")


def test_advance_does_not_pass_a_closed_gate(gate, decide, item, deal):
    with pytest.raises(GateClosed, match="Amount is known"):
        decide(item, Decision.ADVANCE)
    deal.refresh_from_db()
    assert deal.stage.name == "Discover"
    assert not ReviewItem.objects.exclude(decision="").exists()


def test_a_reason_passes_it_and_is_kept(gate, decide, item, deal):
    decide(item, Decision.ADVANCE, override="They signed a letter")
    deal.refresh_from_db()
    assert deal.is_override
    assert deal.move_reason == "They signed a letter"
    # The minutes say it, too.
    assert ReviewItem.objects.get(pk=item.pk).decision_text == "They signed a letter"


def test_walk_away_closes_the_deal_with_its_reason(decide, item, deal):
    decide(item, Decision.WALK_AWAY, text="No problem worth solving")
    deal.refresh_from_db()
    assert deal.outcome == "walked_away"
    assert deal.close_reason == "No problem worth solving"


@pytest.mark.parametrize(
    "decision", [Decision.COACH, Decision.WALK_AWAY, Decision.PARK]
)
def test_some_decisions_need_words(decide, item, rita, decision):
    with pytest.raises(ValidationError, match="Say"):
        decide(item, decision, text=" ", promise=promise(rita))


@pytest.mark.parametrize("decision", [Decision.COACH, Decision.REQUALIFY])
def test_coach_and_re_qualify_make_a_dated_commitment(
    decide, item, rita, lena, deal, decision
):
    decide(item, decision, text="Ask for the buyer", promise=promise(rita))

    made = Commitment.objects.get()
    assert (made.promiser, made.receiver, made.due_on) == (rita, lena, DUE)
    assert made.made_in_id == item.review.meeting_id
    assert deal.commitments.get() == made


def test_coach_without_a_commitment_is_refused(decide, item):
    with pytest.raises(ValidationError, match="who does what"):
        decide(item, Decision.COACH, text="Ask")


def test_what_the_chair_promises_is_promised_to_the_owner(decide, item, rita, lena):
    decide(item, Decision.COACH, text="Ask", promise=promise(lena))
    assert Commitment.objects.get().receiver == rita


def test_park_is_for_the_forecast(decide, item, deal):
    decided = decide(item, Decision.PARK, text="Budget is frozen until May")
    deal.refresh_from_db()
    assert decided.decision_text == "Budget is frozen until May"
    assert deal.is_open


@pytest.mark.parametrize("decision", [Decision.ADVANCE, Decision.WALK_AWAY])
def test_an_executive_records_and_asks_the_owner_but_changes_no_deal(
    plan, central, deal, other, rita, max_, decision
):
    review = services.begin(plan(chair=max_), by=max_, now=NOW)
    item = ReviewItem.objects.get(review=review, opportunity=deal)

    with pytest.raises(ValidationError, match="who does what"):
        services.decide(item, decision, text="Why", by=max_, now=NOW)
    services.decide(item, decision, text="Why", promise=promise(rita), by=max_, now=NOW)

    deal.refresh_from_db()
    assert (deal.stage.name, deal.version) == ("Discover", 1)
    assert Commitment.objects.get().promiser == rita


def test_only_the_chair_decides(decide, item, rita, vera, max_, ada):
    for person in (rita, vera, max_, ada):
        with pytest.raises(PermissionDenied):
            decide(item, Decision.KEEP, by=person)


def test_the_same_decision_twice_is_one(decide, item, rita):
    wanted = promise(rita)
    version = item.version
    for _ in range(2):
        decide(item, Decision.COACH, text="Ask", promise=wanted, shown_version=version)
        decide(item, Decision.COACH, text="Ask", shown_version=version)
    assert Commitment.objects.count() == 1
    assert ReviewItem.objects.get(pk=item.pk).version == version + 1


def test_another_decision_from_a_stale_page_is_a_conflict(decide, item):
    decide(item, Decision.KEEP, shown_version=item.version)
    with pytest.raises(Conflict):
        decide(item, Decision.PARK, text="May", shown_version=item.version)
    assert ReviewItem.objects.get(pk=item.pk).decision == "keep"


def test_a_changed_decision_takes_the_first_one_back(decide, item, deal):
    since = deal.stage_since
    decide(item, Decision.ADVANCE)
    decide(item, Decision.KEEP)

    deal.refresh_from_db()
    assert deal.stage.name == "Discover"
    assert deal.stage_since == since


def test_a_changed_decision_takes_its_commitment_along(decide, item, rita):
    decide(item, Decision.REQUALIFY, promise=promise(rita))
    decide(item, Decision.KEEP)
    assert not Commitment.objects.exists()


def test_undo_opens_the_deal_again_where_it_stood(decide, item, deal, lena):
    decide(item, Decision.WALK_AWAY, text="No")
    assert services.take_back(item, by=lena, now=NOW)

    deal.refresh_from_db()
    item.refresh_from_db()
    assert deal.is_open
    assert deal.stage.name == "Discover"
    assert not item.is_done
    assert Review.objects.get().current_item == item


def test_undo_leaves_a_deal_that_moved_on(decide, item, deal, lena):
    from pipeline.opportunities import services as deals
    from pipeline.process.models import Stage

    decide(item, Decision.ADVANCE)
    deal.refresh_from_db()
    deals.move(deal, to=Stage.objects.get(name="Negotiate"), by=lena, now=NOW)

    assert not services.take_back(item, by=lena, now=NOW)
    deal.refresh_from_db()
    assert deal.stage.name == "Negotiate"


def test_skip_needs_a_reason_and_replaces_a_decision(decide, item, lena):
    with pytest.raises(ValidationError, match="why it is skipped"):
        services.skip(item, " ", by=lena, now=NOW)
    decide(item, Decision.KEEP)
    services.skip(item, "Rita is ill", by=lena, now=NOW)
    item.refresh_from_db()
    assert (item.decision, item.skip_reason) == ("", "Rita is ill")


def test_nothing_is_decided_after_the_end(decide, item, lena, review):
    services.abandon(review, "Fire alarm", by=lena, now=NOW)
    with pytest.raises(ValidationError, match="abandoned"):
        decide(item, Decision.KEEP)


def test_the_time_at_a_deal_is_counted(decide, item, second, lena):
    later = NOW + timedelta(seconds=90)
    services.decide(item, Decision.KEEP, by=lena, now=later)
    item.refresh_from_db()
    assert item.seconds == 90
