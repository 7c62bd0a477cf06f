"""An account review in its room: what is decided and noted, and who sees it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.accounts import services
from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    PlanDecision,
)
from rhythm.calendar import services as calendar
from rhythm.calendar.models import (
    Meeting,
    MeetingState,
)
from rhythm.notices.models import Notice
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.accounts.conftest import LATER, NOW, due, finish
from tests.factories.accounts import PlanFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db


# -- Deciding -----------------------------------------------------------------------
def test_a_decision_goes_on_to_the_next_plan(review, item, second, lena):
    first, then = review.items.order_by("position")
    services.decide(first, PlanDecision.ON_TRACK, by=lena, now=NOW)
    review.refresh_from_db()
    assert review.current_item == then


def test_a_new_move_needs_somebody_and_a_day(review, item, rita, lena):
    with pytest.raises(ValidationError, match="who does what"):
        services.decide(item, PlanDecision.NEW_MOVE, by=lena, now=NOW)
    made = services.promise(
        item, "Meet IT", promiser=rita, due_on=date(2026, 12, 1), by=lena, now=NOW
    )
    services.decide(item, PlanDecision.NEW_MOVE, by=lena, now=NOW)
    assert made.made_in == review.meeting
    assert made.receiver == lena
    assert list(item.plan.commitments.all()) == [made]


@pytest.mark.parametrize("decision", ["escalate", "hand_over"])
def test_some_decisions_need_words(item, lena, decision):
    with pytest.raises(ValidationError, match="Say"):
        services.decide(item, PlanDecision(decision), by=lena, now=NOW)


def test_only_the_chair_decides(item, rita, vera):
    for person in (rita, vera):
        with pytest.raises(PermissionDenied):
            services.decide(item, PlanDecision.ON_TRACK, by=person, now=NOW)


def test_the_leader_above_goes_on_after_a_chair_who_left(
    review, item, lena, vera, rita, as_user
):
    type(lena).objects.filter(pk=lena.pk).update(is_active=False)
    page = as_user(vera).get(review.get_absolute_url(), follow=True)
    assert "Take the chair" in page.text
    services.claim(review, by=vera)
    decided = services.decide(item, PlanDecision.ON_TRACK, by=vera, now=NOW)
    assert decided.decided_by == vera

    with pytest.raises(PermissionDenied):
        services.claim(review, by=rita)


def test_two_windows_of_the_chair_do_not_overwrite_each_other(item, lena):
    shown = item.version
    services.decide(
        item,
        PlanDecision.ESCALATE,
        text="To Max",
        by=lena,
        now=NOW,
        shown_version=shown,
    )
    with pytest.raises(Conflict):
        services.skip(item, "No time", by=lena, now=NOW, shown_version=shown)
    again = services.decide(
        item,
        PlanDecision.ESCALATE,
        text="To Max",
        by=lena,
        now=NOW,
        shown_version=shown,
    )
    assert again.decision == PlanDecision.ESCALATE


def test_a_decision_is_taken_back(review, item, lena):
    services.skip(item, "No time", by=lena, now=NOW)
    services.take_back(item, by=lena, now=NOW)
    item.refresh_from_db()
    review.refresh_from_db()
    assert not item.is_done
    assert review.current_item == item


def test_a_note_that_changed_meanwhile_is_not_lost(item, lena):
    services.write_note(item, "First", by=lena, shown_version=1)
    with pytest.raises(Conflict):
        services.write_note(item, "Second", by=lena, shown_version=1)


def test_a_note_that_comes_after_the_end_gives_its_words_back(
    review, item, lena, as_user
):
    """Another window finished it; "saved" would have dropped the words."""
    services.finish(review, by=lena, now=LATER, skip_rest="No time")
    note = reverse("accounts:review_note", args=[review.pk, item.pk])
    for headers in ({"HX-Request": "true"}, {}):
        said = {"text": "Words to keep", "version": 1}
        answer = as_user(lena).post(note, said, headers=headers)
        assert answer.status_code == 422
        assert "Words to keep" in answer.text
        assert "hx-get" not in answer.text.partition('id="rv-pulse"')[2][:200]
    item.refresh_from_db()
    assert item.note == ""


def test_a_note_counts_as_many_letters_as_its_writer_typed(review, item, lena, as_user):
    """Browsers send two for each end of a line, and let 10,000 be typed."""
    browser, htmx = as_user(lena), {"HX-Request": "true"}
    lines = "ab\r\n" * 3_333
    for name, version in (("review_note", 1), ("review_private_note", 0)):
        keep = reverse(f"accounts:{name}", args=[review.pk, item.pk])
        said = {"text": lines, "version": version}
        assert browser.post(keep, said, headers=htmx).status_code == 200
        refused = browser.post(keep, {"text": "y" * 10_001}, headers=htmx)
        assert refused.status_code == 422
        assert "y" * 10_001 in refused.text


def test_the_chair_s_own_window_is_not_told_where_the_chair_went(
    review, second, lena, as_user
):
    """It would be swapped a second time, and what is typed there would lose focus."""
    browser, htmx = as_user(lena), {"HX-Request": "true"}
    at = reverse("accounts:review_at", args=[review.pk, second.pk])
    said = browser.post(at, headers=htmx).text
    pulse = re.search(r'hx-get="([^"]+)"', said)
    assert pulse is not None
    address = pulse[1].replace("&amp;", "&")
    assert browser.get(address, headers=htmx).status_code == 204


def test_an_abandoned_review_marks_nothing(review, item, plan, lena):
    services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    with pytest.raises(ValidationError, match="why"):
        services.abandon(review, " ", by=lena, now=LATER)
    services.abandon(review, "Fire alarm", by=lena, now=LATER)
    assert due(plan) is None
    assert not Notice.objects.exists()


def test_a_missed_review_can_still_be_held(meeting, plan, lena):
    late = NOW + timedelta(days=1)
    calendar.mark_missed(now=late)
    review = services.begin(services.prepare(meeting, now=late), by=lena, now=late)
    finish(review, lena, now=late + timedelta(minutes=30))
    meeting.refresh_from_db()
    assert meeting.is_late


# -- On the web ---------------------------------------------------------------------
def test_the_page_of_the_meeting_leads_there(meeting, plan, lena, rita, as_user):
    browser = as_user(lena)
    page = reverse("meetings:meeting_detail", args=[meeting.pk])
    browser.post(reverse("meetings:meeting_prepare", args=[meeting.pk]))
    review = AccountReview.objects.get()
    assert "Brennecke" in as_user(rita).get(page).text
    begun = browser.post(reverse("meetings:meeting_begin", args=[meeting.pk]))
    assert begun["Location"] == review.get_absolute_url()
    assert review.get_absolute_url() in browser.get(page).text


def test_a_missing_move_is_said_beside_the_decision(review, item, lena, as_user):
    address = reverse("accounts:review_decide", args=[review.pk, item.pk])
    said = {"decision": "new_move", "text": "Typed words", "version": item.version}
    for headers in ({}, {"HX-Request": "true"}):
        answer = as_user(lena).post(address, said, headers=headers)
        assert answer.status_code == 422
        assert "who does what" in answer.text
        assert "Typed words" in answer.text


def test_who_follows_gets_what_is_new_and_nothing_else(review, item, rita, as_user):
    browser = as_user(rita)
    address = reverse("accounts:review_pulse", args=[review.pk])
    same = {"pulse": review.pulse, "item": item.pk}
    assert browser.get(address, same).status_code == 204
    assert "Brennecke" in browser.get(address, same | {"pulse": 1}).text


def test_a_stranger_s_plan_stays_hidden_in_the_room(review, otto, rita, lena, as_user):
    theirs = PlanFactory(owner=otto, account__name="Ostmark")
    hidden = AccountReviewItem.objects.create(
        review=review, plan=theirs, position=9, compare_since=NOW
    )
    address = reverse("accounts:review_item", args=[review.pk, hidden.pk])
    assert as_user(rita).get(address).status_code == 404
    assert "Ostmark" not in as_user(rita).get(review.get_absolute_url()).text


def test_the_room_costs_the_same_for_many_plans(
    review, item, rita, lena, as_user, count_queries
):
    browser = as_user(lena)
    address = reverse("accounts:review_item", args=[review.pk, item.pk])
    few = count_queries(lambda: browser.get(address))
    for number in range(8):
        plan = PlanFactory(owner=rita)
        OpportunityFactory(owner=rita, account=item.plan.account)
        AccountReviewItem.objects.create(
            review=review, plan=plan, position=20 + number, compare_since=NOW
        )
    assert count_queries(lambda: browser.get(address)) == few


def test_who_has_gone_promises_nothing_in_a_review(item, rita, lena, as_user):
    User.objects.filter(pk=rita.pk).update(is_active=False)
    answer = as_user(lena).post(
        reverse("accounts:review_move_add", args=[item.review_id, item.pk]),
        {"what": "Call", "promiser": rita.pk, "due_on": "2100-01-01"},
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("review_changes", {}),
        ("review_decide", {"decision": "on_track"}),
        ("review_skip", {}),
    ],
)
def test_a_chair_of_long_ago_sees_nothing_of_what_became_of_the_plans(
    review, item, plan, lena, central, west, omar, as_user, name, query
):
    """Lena ran a review of her team, then went to lead another."""
    services.finish(review, by=lena, now=LATER, skip_rest="No time")
    central.manager = omar
    central.save()
    plan.goal = "Grow in secret"
    plan.save()
    assert not AccountPlan.objects.visible_to(lena).filter(pk=plan.pk).exists()
    page = reverse(f"accounts:{name}", args=[review.pk, item.pk])
    answer = as_user(lena).get(page, query)
    assert answer.status_code == 404
    minutes = reverse("accounts:review_minutes", args=[review.pk])
    assert "Brennecke" in as_user(lena).get(minutes).text


def test_the_chair_of_a_missed_review_stays_with_who_missed_it(
    meeting, plan, vera, as_user
):
    review = services.prepare(meeting, now=NOW)
    Meeting.objects.update(state=MeetingState.MISSED, missed_at=NOW)
    claim = reverse("accounts:review_claim", args=[review.pk])
    assert claim not in as_user(vera).get(review.get_absolute_url()).text
    assert as_user(vera).post(claim).status_code == 403


def test_the_clock_rests_while_the_review_does(review, item, second, lena, as_user):
    def at(number: int) -> datetime:
        return NOW + timedelta(minutes=number)

    services.go_to(review, second.pk, by=lena, now=at(5))
    services.pause(review, by=lena, now=at(15))
    resting = services.resume(review, by=lena, now=at(30))
    assert (resting.elapsed_seconds, resting.running_since) == (900, at(30))
    services.go_to(review, item.pk, by=lena, now=at(32))
    spent = {each.pk: each.seconds for each in review.items.all()}
    assert spent == {item.pk: 300, second.pk: 720}


def test_the_chair_pauses_and_hands_over_on_the_page(review, lena, vera, as_user):
    browser = as_user(lena)
    timer = reverse("accounts:review_timer", args=[review.pk])
    answer = browser.post(timer, {"to": "paused"}, headers={"HX-Request": "true"})
    assert "paused" in answer.text
    review.meeting.refresh_from_db()
    assert review.meeting.state == MeetingState.PAUSED
    hand_over = reverse("accounts:review_hand_over", args=[review.pk])
    browser.post(hand_over, {"to": vera.pk})
    review.meeting.refresh_from_db()
    assert review.meeting.runner == vera
    assert browser.post(timer, {"to": "running"}).status_code == 403


def test_a_private_note_is_read_by_its_author_alone(review, item, lena, rita, as_user):
    page = reverse("accounts:review_item", args=[review.pk, item.pk])
    keep = reverse("accounts:review_private_note", args=[review.pk, item.pk])
    browser, htmx = as_user(lena), {"HX-Request": "true"}
    saved = browser.post(keep, {"text": "Rita bluffs"}, headers=htmx)
    assert "saved" in saved.text
    assert "Rita bluffs" in browser.get(page).text
    assert "Rita bluffs" not in as_user(rita).get(page).text
    late = browser.post(keep, {"text": "No", "version": 0}, headers=htmx)
    assert late.status_code == 409
    assert "Rita bluffs" in late.text
