from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from pipeline.opportunities import services as deals
from pipeline.reviews import services
from pipeline.reviews.models import Correction, Review, ReviewItem
from rhythm.calendar.models import MeetingState
from rhythm.calendar.services.ending import Undecided
from rhythm.notices.models import Notice
from rhythm.notices.selectors.inbox import hidden_of
from rhythm.people.models import Membership
from rhythm.web.versions import Conflict
from tests.factories.opportunities import OpportunityFactory
from tests.reviews.conftest import NOW, review_item

LATER = NOW + timedelta(minutes=40)
PRIVATE = "canary-private-7f3"


def test_it_does_not_finish_while_a_deal_has_no_decision(review, item, second, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    with pytest.raises(Undecided) as refused:
        services.finish(review, by=lena, now=LATER)
    assert refused.value.items == [second]
    assert Review.objects.get().meeting.state == MeetingState.RUNNING
    assert not Notice.objects.exists()


def test_the_rest_is_skipped_with_one_reason(review, item, second, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    with pytest.raises(ValidationError, match="why the rest"):
        services.finish(review, by=lena, now=LATER, skip_rest=" ")
    services.finish(review, by=lena, now=LATER, skip_rest="Out of time")
    second.refresh_from_db()
    assert second.skip_reason == "Out of time"


def test_exceptions_need_no_decision(plan, deal, other, lena):
    review = services.begin(
        plan(talk=[deal.pk], exceptions=[other.pk]), by=lena, now=NOW
    )
    services.decide(review_item(review, deal), "keep", by=lena, now=NOW)
    services.finish(review, by=lena, now=LATER)


def test_each_reader_gets_the_own_part_once(plan, central, sales, vera, rita, otto):
    mine = OpportunityFactory(owner=rita, account__name="Brennecke")
    theirs = OpportunityFactory(owner=otto, account__name="Ostmark")
    review = services.begin(
        plan(chair=vera, subject=sales, talk=[mine.pk, theirs.pk]), by=vera, now=NOW
    )
    first, second = review_item(review, mine), review_item(review, theirs)
    services.write_note(first, "canary-rita", by=vera, shown_version=None)
    services.write_note(second, "canary-otto", by=vera, shown_version=None)
    services.write_private_note(first, PRIVATE, author=vera, shown_version=0)
    services.promise(
        first,
        "Ask Lars",
        promiser=otto,
        due_on=date(2026, 11, 27),
        by=vera,
        now=NOW,
    )
    for item in (first, second):
        services.decide(item, "park", text="May", by=vera, now=NOW)

    for _ in range(2):
        services.finish(review, by=vera, now=LATER)

    mails = {each.recipient.name: each for each in Notice.objects.all()}
    assert set(mails) == {"Vera Voss", "Rita Reyes", "Otto Olsen"}
    everything = {name: m.text + m.html + m.subject for name, m in mails.items()}
    assert mails["Rita Reyes"].key == f"reviews.minutes:{review.pk}:{rita.pk}"
    assert "canary-rita" in everything["Rita Reyes"]
    assert "canary-otto" not in everything["Rita Reyes"]
    assert "Ostmark" not in everything["Rita Reyes"]
    assert "canary-rita" not in everything["Otto Olsen"]
    assert "Brennecke" not in everything["Otto Olsen"]
    assert "Ask Lars" in everything["Otto Olsen"]
    assert "canary-rita" in everything["Vera Voss"]
    assert "canary-otto" in everything["Vera Voss"]
    assert not any(PRIVATE in text for text in everything.values())


def test_who_leads_the_team_reads_of_the_team_what_somebody_else_chaired(
    plan, deal, lena, vera, otto
):
    theirs = OpportunityFactory(owner=otto, account__name="Ostmark")
    talk = [deal.pk, theirs.pk]
    review = services.begin(plan(chair=vera, talk=talk), by=vera, now=NOW)
    for record, words in ((deal, "canary"), (theirs, "not for her")):
        item = review_item(review, record)
        services.write_note(item, words, by=vera, shown_version=None)
        services.decide(item, "park", text="May", by=vera, now=NOW)

    services.finish(review, by=vera, now=LATER)

    text = Notice.objects.get(recipient=lena).text
    assert "canary" in text
    assert "not for her" not in text
    assert "Ostmark" not in text


def test_who_is_not_in_the_team_any_more_reads_its_minutes_no_more(
    review, item, second, lena, rita, otto
):
    """Otto is of another team: he reads of his own commitment, and goes on to."""
    due_on = date(2026, 11, 27)
    services.promise(item, "Ask Lars", promiser=otto, due_on=due_on, by=lena, now=NOW)
    for each in (item, second):
        services.decide(each, "keep", by=lena, now=NOW)
    services.finish(review, by=lena, now=LATER)
    hers, his = (Notice.objects.get(recipient=each) for each in (rita, otto))
    assert hidden_of(rita, [hers]) == set()

    Membership.objects.filter(user__in=(rita, otto)).update(until=LATER.date())

    assert hidden_of(rita, [hers]) == {hers.pk}
    assert hidden_of(otto, [his]) == set()


def test_each_mail_says_what_changed_on_the_own_deals(
    plan, central, sales, vera, rita, otto
):
    mine = OpportunityFactory(owner=rita, account__name="Brennecke")
    theirs = OpportunityFactory(owner=otto, account__name="Ostmark")
    review = services.begin(
        plan(chair=vera, subject=sales, talk=[mine.pk, theirs.pk]), by=vera, now=NOW
    )
    for deal, step in ((mine, "canary <rita>"), (theirs, "canary <otto>")):
        deals.set_next_step(deal, text=step, on=None, by=deal.owner)
        services.decide(review_item(review, deal), "keep", by=vera, now=NOW)

    # History knows the real hour, that of the test's one transaction.
    ReviewItem.objects.update(compare_since=NOW - timedelta(days=1))
    services.finish(review, by=vera, now=timezone.now() + timedelta(hours=1))

    mails = {each.recipient: each for each in Notice.objects.all()}
    assert "Changed since its last review" in mails[rita].text
    assert "canary <rita>" in mails[rita].text
    assert "canary &lt;rita&gt;" in mails[rita].html
    assert "canary <otto>" not in mails[rita].text
    assert "otto" not in mails[rita].html
    assert "canary <rita>" not in mails[otto].text
    assert "canary <rita>" in mails[vera].text
    assert "canary <otto>" in mails[vera].text


def test_markup_in_notes_stays_text(review, item, second, lena):
    evil = "<script>alert(1)</script>"
    services.write_note(item, evil, by=lena, shown_version=None)
    services.finish(review, by=lena, now=LATER, skip_rest="x")
    for mail in Notice.objects.all():
        assert evil not in mail.html
        assert evil in mail.text


def test_the_clock_stops(review, lena):
    services.finish(review, by=lena, now=LATER, skip_rest="x")
    finished = Review.objects.get()
    assert (finished.elapsed_seconds, finished.running_since) == (2400, None)


def test_only_the_chair_finishes(review, rita, vera):
    for person in (rita, vera):
        with pytest.raises(PermissionDenied):
            services.finish(review, by=person, now=LATER)


@pytest.fixture
def finished(review, item, second, lena):
    services.decide(item, "keep", by=lena, now=NOW)
    services.decide(second, "keep", by=lena, now=NOW)
    services.finish(review, by=lena, now=LATER)
    item.refresh_from_db()
    return item


def test_a_correction_says_what_it_said_before(finished, lena):
    services.correct(
        finished,
        {"decision": "park", "decision_text": "For Monday"},
        reason="Heard wrong",
        by=lena,
        now=LATER,
        shown_version=finished.version,
    )
    correction = Correction.objects.get()
    assert correction.before["decision"] == "keep"
    assert correction.reason == "Heard wrong"


def test_a_correction_needs_a_reason_and_a_fresh_page(finished, lena, rita):
    values = {"note": "Other"}
    with pytest.raises(ValidationError, match="why it is corrected"):
        services.correct(
            finished, values, reason="", by=lena, now=LATER, shown_version=None
        )
    with pytest.raises(Conflict):
        services.correct(
            finished, values, reason="x", by=lena, now=LATER, shown_version=99
        )
    with pytest.raises(PermissionDenied):
        services.correct(
            finished, values, reason="x", by=rita, now=LATER, shown_version=None
        )


def test_a_corrected_item_still_has_a_decision_or_a_reason(finished, lena):
    with pytest.raises(ValidationError, match="or a reason to skip"):
        services.correct(
            finished,
            {"decision": ""},
            reason="x",
            by=lena,
            now=LATER,
            shown_version=None,
        )
