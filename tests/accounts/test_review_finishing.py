"""The end of an account review: its minutes, and when the next one is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from pipeline.accounts import services
from pipeline.accounts.models import (
    AccountPlan,
    AccountReviewItem,
    PlanDecision,
)
from pipeline.accounts.services import finishing
from rhythm.calendar.models import (
    CadenceVariant,
    Holiday,
    MeetingKind,
    MeetingState,
    Reach,
    WorkingCalendar,
)
from rhythm.calendar.services.ending import Undecided
from rhythm.notices.models import Notice
from rhythm.notices.selectors.inbox import hidden_of
from tests.accounts.conftest import LATER, NOW, due, finish, item_of, kinds
from tests.factories.accounts import PlanFactory
from tests.factories.channels import ChannelFactory
from tests.factories.meetings import CadenceFactory, MeetingFactory
from tests.factories.opportunities import OpportunityFactory

pytestmark = pytest.mark.django_db


# -- The end ------------------------------------------------------------------------
def test_it_does_not_finish_while_an_account_has_no_decision(
    review, item, second, lena
):
    services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    with pytest.raises(Undecided) as refused:
        services.finish(review, by=lena, now=LATER)
    assert refused.value.items == [second]
    assert not Notice.objects.exists()


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


def test_who_finishes_sees_that_owners_of_the_skipped_get_the_minutes(
    as_user, review, item, other, lena, otto
):
    AccountPlan.objects.filter(pk=other.pk).update(owner=otto)
    services.decide(item, PlanDecision.ON_TRACK, by=lena, now=NOW)
    page = as_user(lena).get(reverse("accounts:review_finish", args=[review.pk]))
    services.finish(review, by=lena, now=LATER, skip_rest="Time")
    told = {each.recipient for each in Notice.objects.filter(kind="accounts.minutes")}
    assert otto in told
    assert set(page.context["readers"]) == told
