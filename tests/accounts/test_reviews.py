"""An account review: what is on it, what is decided, who reads of it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from pipeline.accounts import services, tasks
from pipeline.accounts.models import (
    AccountPlan,
    AccountReview,
    AccountReviewItem,
    PlanDecision,
)
from pipeline.accounts.services import finishing
from rhythm.calendar import services as calendar
from rhythm.calendar.models import (
    CadenceVariant,
    Holiday,
    Meeting,
    MeetingKind,
    MeetingState,
    Reach,
    WorkingCalendar,
)
from rhythm.calendar.services import plan_due
from rhythm.calendar.services.ending import Undecided
from rhythm.notices.models import Notice
from rhythm.notices.selectors.inbox import hidden_of
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.accounts.conftest import NOW
from tests.factories.accounts import PlanFactory, PlanRiskFactory
from tests.factories.channels import ChannelFactory
from tests.factories.meetings import CadenceFactory, CommitmentFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory
from tests.factories.ticks import TickFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=40)


@pytest.fixture
def other(rita):
    return PlanFactory(owner=rita, account__name="Castellan")


@pytest.fixture
def meeting(central, lena) -> Meeting:
    made: Meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=central, chair=lena, starts_at=NOW
    )
    return made


@pytest.fixture
def review(meeting, plan, other, lena) -> AccountReview:
    return services.begin(services.prepare(meeting, now=NOW), by=lena, now=NOW)


def item_of(review, plan) -> AccountReviewItem:
    return AccountReviewItem.objects.get(review=review, plan=plan)


@pytest.fixture
def item(review, plan):
    return item_of(review, plan)


@pytest.fixture
def second(review, other):
    return item_of(review, other)


def due(plan) -> date:
    plan.refresh_from_db()
    return plan.next_review_on


def kinds(review, plan) -> list[str]:
    return [each["kind"] for each in item_of(review, plan).reasons]


# -- The agenda ---------------------------------------------------------------------
def test_the_plans_of_the_team_come_on_it_the_neediest_first(
    meeting, plan, other, otto
):
    PlanFactory(owner=otto)
    PlanRiskFactory(plan=other, severity="high")
    review = services.prepare(meeting, now=NOW)
    on_it = list(review.items.order_by("position").values_list("plan_id", flat=True))
    assert on_it == [other.pk, plan.pk]
    assert kinds(review, other) == ["never_reviewed", "high_risk", "no_move"]
    assert kinds(review, plan) == ["never_reviewed", "no_move", "big"]


def test_a_review_with_a_person_holds_that_person_s_plans(lena, rita, plan):
    PlanFactory(owner=lena)
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW,
        team=None,
        person=rita,
        chair=lena,
        starts_at=NOW,
    )
    review = services.prepare(meeting, now=NOW)
    assert [each.plan for each in review.items.all()] == [plan]


def test_the_leader_s_own_plan_comes_on_it_too(meeting, plan, lena):
    own = PlanFactory(owner=lena)
    review = services.prepare(meeting, now=NOW)
    assert {each.plan for each in review.items.all()} == {plan, own}


def test_broken_moves_and_what_is_overdue_are_reasons(meeting, plan, rita, lena):
    plan.last_reviewed_at = NOW - timedelta(days=100)
    plan.next_review_on = date(2026, 11, 1)
    plan.save()
    broken = {"due_on": date(2026, 11, 2), "first_due_on": date(2026, 11, 2)}
    made = CommitmentFactory(promiser=rita, receiver=lena, **broken)
    plan.commitments.add(made)
    review = services.prepare(meeting, now=NOW)
    assert kinds(review, plan) == ["commitment_broken", "overdue", "big"]


def test_a_plan_that_is_due_today_is_not_overdue(meeting, plan):
    plan.last_reviewed_at = NOW - timedelta(days=100)
    plan.next_review_on = NOW.date()
    plan.save()
    review = services.prepare(meeting, now=NOW)
    assert "overdue" not in kinds(review, plan)


def test_what_is_added_by_hand_is_big_only_beside_the_others(
    meeting, plan, other, rita, lena
):
    """Weighed alone, the smallest account had the most in open deals."""
    for _time in range(3):
        OpportunityFactory(owner=rita, account=PlanFactory(owner=rita).account)
    small = PlanFactory(owner=lena)
    OpportunityFactory(owner=lena, account=small.account, amount=1)
    review = services.prepare(meeting, now=NOW)
    services.add_plan(review, small, by=lena, now=NOW)
    assert "big" not in kinds(review, small)


def test_a_missed_review_takes_one_more_account(meeting, plan, other, lena):
    review = services.prepare(meeting, now=NOW)
    services.drop_plan(item_of(review, other), by=lena)
    meeting.state, meeting.missed_at = MeetingState.MISSED, NOW
    meeting.save()
    assert services.add_plan(review, other, by=lena, now=LATER).plan == other


def test_preparing_twice_makes_one(meeting, plan):
    first = services.prepare(meeting, now=NOW)
    assert services.prepare(meeting, now=NOW) == first


def test_other_meetings_have_no_account_review(central, lena):
    with pytest.raises(ValidationError):
        services.prepare(MeetingFactory(team=central, chair=lena), now=NOW)


def test_the_tick_makes_the_agenda_when_preparation_begins(
    central, lena, plan, django_capture_on_commit_callbacks
):
    CadenceFactory(
        team=central,
        kind=MeetingKind.ACCOUNT_REVIEW,
        prepare_hours=24,
        remind_minutes=[],
    )
    plan_due(now=NOW)
    called = Meeting.objects.earliest("starts_at")
    soon = called.starts_at - timedelta(hours=23)
    for now, wanted in ((soon - timedelta(hours=2), 0), (soon, 1)):
        with django_capture_on_commit_callbacks(execute=False) as hints:
            tasks.tick(TickFactory(at=now))
        assert len(hints) == wanted
    tasks.prepare(called.pk, TickFactory(at=soon).pk)
    assert AccountReview.objects.get().items.get().plan == plan
    assert services.to_prepare(soon) == []


def test_the_chair_adds_and_drops(meeting, plan, other, lena, vera, otto):
    review = services.prepare(meeting, now=NOW)
    services.drop_plan(item_of(review, other), by=lena)
    assert review.items.count() == 1
    mine = PlanFactory(owner=lena)
    for _time in range(2):
        services.add_plan(review, mine, by=lena, now=NOW)
    assert item_of(review, mine).is_added_by_hand
    with pytest.raises(PermissionDenied):
        services.add_plan(review, PlanFactory(owner=otto), by=lena, now=NOW)
    with pytest.raises(PermissionDenied):
        services.add_plan(review, other, by=vera, now=NOW)


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


# -- The end ------------------------------------------------------------------------
def test_it_does_not_finish_while_an_account_has_no_decision(
    review, item, second, lena
):
    services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    with pytest.raises(Undecided) as refused:
        services.finish(review, by=lena, now=LATER)
    assert refused.value.items == [second]
    assert not Notice.objects.exists()


def finish(review, lena, now: datetime = LATER) -> AccountReview:
    for item in review.items.all():
        services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    return services.finish(review, by=lena, now=now)


def test_a_team_reads_numbers_and_a_link_in_its_channel_once(
    review, item, central, west, lena, rita
):
    own = ChannelFactory(team=central, made_by=lena)
    ChannelFactory(team=west, made_by=lena)
    day = date(2026, 11, 27)
    services.promise(item, "Call", promiser=rita, due_on=day, by=lena, now=NOW)
    finish(review, lena)
    services.finish(review, by=lena, now=LATER)

    said = Notice.objects.get(channel__isnull=False)
    assert said.channel == own
    assert said.text == "2 accounts, 1 commitment"
    assert said.url == reverse("accounts:review_minutes", args=[review.pk])


def test_decided_plans_are_reviewed_and_skipped_ones_are_not(
    review, item, second, plan, other, lena
):
    services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    services.finish(review, by=lena, now=LATER, skip_rest="Out of time")
    assert due(plan) == date(2027, 2, 18)
    assert plan.last_reviewed_at == LATER
    assert due(other) is None
    assert review.meeting.__class__.objects.get().state == MeetingState.HELD


def test_the_next_review_follows_from_the_rule(meeting, plan, central, lena):
    cadence = CadenceFactory(
        team=central, kind=MeetingKind.ACCOUNT_REVIEW, rule="FREQ=MONTHLY;BYMONTHDAY=5"
    )
    meeting.cadence, meeting.key_on = cadence, NOW.date()
    meeting.called_for = NOW
    meeting.save()
    review = services.begin(services.prepare(meeting, now=NOW), by=lena, now=NOW)
    finish(review, lena)
    # The fifth is a Saturday.
    assert due(plan) == date(2026, 12, 7)


def test_minutes_of_an_account_that_went_to_others_stay_where_they_are(
    review, plan, other, deal, otto, lena, rita
):
    finish(review, lena)
    minutes = Notice.objects.filter(kind="accounts.minutes")
    mine, chairs = minutes.get(recipient=rita), minutes.get(recipient=lena)
    assert hidden_of(rita, [mine]) == set()
    for each in (plan, other, deal):
        each.owner = otto
        each.save(update_fields=["owner"])

    # It is asked when they are shown, and right before they leave.
    assert hidden_of(rita, [mine]) == {mine.pk}
    assert hidden_of(lena, [chairs]) == set()


def test_the_next_review_is_on_the_day_of_the_own_team(
    meeting, plan, sales, central, lena
):
    cadence = CadenceFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=sales, reach=Reach.BELOW
    )
    CadenceVariant.objects.create(
        cadence=cadence, team=central, rule="FREQ=WEEKLY;BYDAY=TH"
    )
    day_off = WorkingCalendar.objects.create(team=central)
    Holiday.objects.create(calendar=day_off, on=date(2026, 11, 26), name="Outing")
    meeting.cadence, meeting.key_on, meeting.called_for = cadence, NOW.date(), NOW
    meeting.save(update_fields=["cadence", "key_on", "called_for"])
    review = services.begin(services.prepare(meeting, now=NOW), by=lena, now=NOW)

    finish(review, lena)

    # Thursday, as the team holds it, is put off by the team's own day off.
    assert due(plan) == date(2026, 11, 27)


def test_the_next_review_is_the_one_that_is_planned(review, plan, central, lena):
    ahead = NOW + timedelta(days=30)
    MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=central, chair=lena, starts_at=ahead
    )
    finish(review, lena)
    assert due(plan) == ahead.date()


def test_what_was_left_over_comes_first_next_time(
    review, item, second, plan, other, central, lena
):
    first, then = review.items.order_by("position")
    services.decide(first, PlanDecision.ON_TRACK, by=lena, now=NOW)
    services.finish(review, by=lena, now=LATER, skip_rest="Out of time")
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW,
        team=central,
        chair=lena,
        starts_at=NOW + timedelta(days=30),
    )
    again = services.prepare(meeting, now=NOW + timedelta(days=29))
    assert again.items.order_by("position")[0].plan == then.plan
    assert "left_over" in kinds(again, then.plan)
    assert item_of(again, first.plan).compare_since == LATER


def test_everybody_reads_the_minutes_of_what_that_person_sees(
    central, sales, vera, rita, otto, plan
):
    theirs = PlanFactory(owner=otto, account__name="Ostmark")
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=sales, chair=vera, starts_at=NOW
    )
    review = services.begin(services.prepare(meeting, now=NOW), by=vera, now=NOW)
    for each, word in ((plan, "canary-rita"), (theirs, "canary-otto")):
        item = item_of(review, each)
        services.write_note(item, word, by=vera, shown_version=None)
        services.decide(item, PlanDecision.ON_TRACK, by=vera, now=NOW)
    for _time in range(2):
        services.finish(review, by=vera, now=LATER)
    mails = {each.recipient.name: each for each in Notice.objects.all()}
    said = {name: mail.text + mail.html for name, mail in mails.items()}
    assert set(said) == {"Vera Voss", "Rita Reyes", "Otto Olsen"}
    assert "canary-rita" in said["Rita Reyes"]
    assert "canary-otto" not in said["Rita Reyes"]
    assert "Ostmark" not in said["Rita Reyes"]
    assert "Brennecke" in said["Vera Voss"]
    assert "Ostmark" in said["Vera Voss"]


def test_minutes_hold_what_their_reader_sees_of_the_commitments(
    sales, vera, rita, otto, plan, deal
):
    """Otto sells there too: both see the account, neither what the other promised."""
    OpportunityFactory(owner=otto, account=deal.account)
    meeting = MeetingFactory(
        kind=MeetingKind.ACCOUNT_REVIEW, team=sales, chair=vera, starts_at=NOW
    )
    review = services.begin(services.prepare(meeting, now=NOW), by=vera, now=NOW)
    item, due_on = item_of(review, plan), NOW.date() + timedelta(days=7)
    made = {"due_on": due_on, "by": vera, "now": NOW}
    services.promise(item, "canary-rita", promiser=rita, **made)
    services.promise(item, "canary-otto", promiser=otto, **made)
    services.decide(item, PlanDecision.ON_TRACK, by=vera, now=NOW)
    services.finish(review, by=vera, now=LATER)
    said = {each.recipient: each.text + each.html for each in Notice.objects.all()}
    assert "canary-otto" in said[vera]
    assert "canary-rita" in said[vera]
    assert "canary-rita" in said[rita]
    assert "canary-otto" not in said[rita]
    assert "canary-rita" not in said[otto]


def test_skipping_the_rest_costs_the_same_for_much(
    meeting, rita, plan, lena, count_queries
):
    review = services.begin(services.prepare(meeting, now=NOW), by=lena, now=NOW)
    for _time in range(5):
        services.add_plan(review, PlanFactory(owner=rita), by=lena, now=NOW)
    items = AccountReviewItem.objects.filter(review=review)
    assert count_queries(lambda: finishing._skip(items, "Out of time")) == 1
    assert set(items.values_list("skip_reason", "version")) == {("Out of time", 2)}


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
