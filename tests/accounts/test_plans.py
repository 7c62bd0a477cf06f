"""Plans are made and changed a part at a time, and nobody's words are lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from pipeline.accounts import services
from pipeline.accounts.models import AccountPlan, FieldCell, PlanPerson, PlanRisk
from pipeline.accounts.selectors.lists import may_promise
from pipeline.accounts.selectors.parts import MOST_AREAS
from pipeline.accounts.views.answers import plan_context
from pipeline.opportunities import services as opportunities
from pipeline.opportunities.models import Account, Contact
from rhythm.commitments.models import Commitment
from rhythm.people.models import User
from tests.accounts.conftest import NOW
from tests.factories.accounts import (
    PlanAreaFactory,
    PlanFactory,
    PlanOutcomeFactory,
    PlanPersonFactory,
    PlanRiskFactory,
)
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
    ProductFactory,
)
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_who_sells_there_or_leads_them_may_plan(deal, rita, lena, otto, max_):
    for stranger in (otto, max_):
        with pytest.raises(PermissionDenied):
            services.create_plan(deal.account, {"owner": stranger}, by=stranger)
    made = services.create_plan(deal.account, {"owner": rita}, by=lena)
    assert made.owner == rita


def test_an_account_has_one_plan(plan, rita, lena):
    again = services.create_plan(plan.account, {"owner": lena}, by=lena)
    assert again == plan
    assert AccountPlan.objects.count() == 1


def test_the_account_leads_to_its_plan(plan, rita, as_user):
    address = reverse("accounts:plan_create", args=[plan.account_id])
    assert as_user(rita).get(address)["Location"] == plan.get_absolute_url()


def test_a_stale_edit_is_told_what_changed(plan, rita, as_user):
    address = reverse("accounts:plan_edit", args=[plan.pk])
    said = {"owner": rita.pk, "goal": "Mine", "why": plan.why, "version": plan.version}
    services.edit_plan(plan, {"goal": "Theirs"}, by=rita, shown_version=None)

    answer = as_user(rita).post(address, said)

    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    saved = as_user(rita).post(address, said | {"overwrite": "1"})
    assert saved.status_code == 302
    plan.refresh_from_db()
    assert plan.goal == "Mine"


def test_what_was_typed_stays_when_it_is_refused(plan, rita, as_user):
    address = reverse("accounts:part_add", args=[plan.pk, "risks"])
    answer = as_user(rita).post(
        address, {"what": "", "severity": "high", "response": "Typed words"}
    )
    assert answer.status_code == 422
    assert "Typed words" in answer.text


def test_each_change_is_kept_in_history(plan, rita):
    services.edit_plan(plan, {"goal": "New"}, by=rita, shown_version=plan.version)
    risk = PlanRiskFactory(plan=plan, what="Old risk")
    services.edit_part(risk, {"what": "New risk"}, by=rita, shown_version=1)
    risk.refresh_from_db()
    services.remove_part(risk, by=rita, shown_version=2)
    assert [each.goal for each in plan.events.all()] == ["All plants, in two years"]
    events = risk.events.model.objects.order_by("pgh_id")
    assert [each.what for each in events] == ["Old risk", "New risk"]


def test_a_new_name_makes_a_contact_of_the_account(plan, rita, as_user):
    address = reverse("accounts:part_add", args=[plan.pk, "people"])
    said = {"new_name": "Petra Voss", "new_title": "IT", "side": "it", "part": "guards"}
    chosen = {"level": "heads", "attitude": "unknown", "bond": "none"}
    assert as_user(rita).post(address, said | chosen).status_code == 302
    assert PlanPerson.objects.get().contact.account == plan.account
    # Neither nobody nor two at once.
    both = chosen | said | {"contact": ContactFactory(account=plan.account).pk}
    for wrong in (both, chosen | {"side": "it", "part": "uses"}):
        assert as_user(rita).post(address, wrong).status_code == 422


def test_a_person_stands_on_the_map_once(plan, rita):
    there = PlanPersonFactory(plan=plan)
    values = {"contact": there.contact, "side": "it", "part": "uses"}
    with pytest.raises(ValidationError, match="on the map"):
        services.add_person(plan, values, by=rita, submission_key=None)


def test_nobody_reports_to_themselves(plan, rita):
    there = PlanPersonFactory(plan=plan)
    with pytest.raises(ValidationError, match="themselves"):
        services.edit_part(there, {"reports_to": there}, by=rita, shown_version=1)


def test_a_plan_takes_no_more_than_it_shows(plan, rita, as_user):
    PlanAreaFactory.create_batch(MOST_AREAS, plan=plan)
    browser = as_user(rita)
    field = browser.get(plan.get_absolute_url()).context["plan"].field
    assert len([each for each in field.areas if each.pk]) == MOST_AREAS
    address = reverse("accounts:part_add", args=[plan.pk, "areas"])
    answer = browser.post(address, {"name": "One more"})
    assert answer.status_code == 422
    assert f"{MOST_AREAS} of these at most" in answer.text


def test_parts_point_at_what_their_contacts_were_merged_into(plan, rita):
    """The form was open while somebody merged them."""
    kept, gone = ContactFactory.create_batch(2, account=plan.account)
    fields = ("name", "title", "email", "phone", "account")
    opportunities.merge_into(
        kept,
        gone,
        {name: getattr(kept, name) for name in fields},
        by=rita,
        shown={kept.pk: kept.version, gone.pk: gone.version},
    )
    values = {"contact": gone, "side": "it", "part": "uses"}
    made = services.add_person(plan, values, by=rita, submission_key=None)
    assert made.contact == kept
    outcome = PlanOutcomeFactory(plan=plan)
    said = {"confirmed_by": gone}
    changed = services.edit_part(outcome, said, by=rita, shown_version=None)
    assert changed.confirmed_by == kept


def test_an_area_has_a_name_of_its_own(plan, rita, as_user):
    PlanAreaFactory(plan=plan, name="North")
    address = reverse("accounts:part_add", args=[plan.pk, "areas"])
    assert as_user(rita).post(address, {"name": "North"}).status_code == 422


def test_removing_an_area_says_what_goes_with_it(plan, rita, as_user):
    area = PlanAreaFactory(plan=plan, name="North")
    address = reverse("accounts:part_edit", args=["areas", area.pk])
    assert "goes with it" in as_user(rita).get(address).text


def test_a_risk_that_ended_says_when(plan, rita, as_user):
    risk = PlanRiskFactory(plan=plan)
    address = reverse("accounts:part_edit", args=["risks", risk.pk])
    said = {"what": "It", "severity": "low", "ending": "They stayed", "version": 1}
    assert as_user(rita).post(address, said).status_code == 422
    assert as_user(rita).post(address, said | {"closed_on": "2026-02-01"}).status_code
    risk.refresh_from_db()
    assert risk.closed_on == date(2026, 2, 1)


def test_what_is_still_to_come_was_not_achieved_yet(plan, rita, as_user):
    address = reverse("accounts:part_add", args=[plan.pk, "outcomes"])
    said = {"words": "No spoiled delivery", "evidence": "Their own list"}
    ahead = timezone.now().date() + timedelta(days=2)

    refused = as_user(rita).post(address, said | {"achieved_on": f"{ahead}"})

    assert refused.status_code == 422
    assert "This day is still to come" in refused.text


def test_removing_what_changed_meanwhile_asks_again(plan, rita, as_user):
    risk = PlanRiskFactory(plan=plan, version=3)
    address = reverse("accounts:part_remove", args=["risks", risk.pk])
    assert as_user(rita).post(address, {"version": 2}).status_code == 409
    assert as_user(rita).post(address, {"version": 3}).status_code == 302
    assert not PlanRisk.objects.exists()


def test_a_next_move_is_a_commitment(plan, rita, lena):
    made = services.add_move(
        plan,
        "Show them the audit",
        promiser=rita,
        due_on=date(2026, 12, 1),
        by=rita,
        now=NOW,
    )
    assert made.receiver == lena
    assert made.about == "Brennecke"
    assert made.about_url == plan.get_absolute_url()
    assert list(plan.commitments.all()) == [made]


def test_what_somebody_else_promises_is_promised_to_who_asks(plan, rita, lena):
    made = services.add_move(
        plan, "Call", promiser=rita, due_on=date(2026, 12, 1), by=lena, now=NOW
    )
    assert (made.promiser, made.receiver) == (rita, lena)


def test_a_refused_move_keeps_its_words(plan, rita, as_user):
    address = reverse("accounts:move_add", args=[plan.pk])
    said = {"what": "Typed words", "promiser": rita.pk, "due_on": "2020-01-01"}
    for headers in ({}, HTMX):
        answer = as_user(rita).post(address, said, headers=headers)
        assert answer.status_code == 422
        assert "Typed words" in answer.text
    assert not Commitment.objects.exists()


def test_a_change_answers_with_the_plan_itself(plan, rita, as_user):
    here = "http://testserver" + plan.get_absolute_url()
    address = reverse("accounts:part_add", args=[plan.pk, "risks"])
    said = {"what": "Their buyer leaves", "severity": "high"}
    headers = HTMX | {"HX-Current-URL": here}
    answer = as_user(rita).post(address, said, headers=headers)
    assert answer["HX-Retarget"] == "#plan-page"
    assert "Their buyer leaves" in answer.text


def test_a_form_that_was_a_page_of_its_own_leads_back_to_the_plan(plan, rita, as_user):
    """To the form again it would look unsaved, or be gone with what it was about."""
    risk = PlanRiskFactory(plan=plan)
    edit = reverse("accounts:part_edit", args=["risks", risk.pk])
    remove = reverse("accounts:part_remove", args=["risks", risk.pk])
    headers = HTMX | {"HX-Current-URL": f"http://testserver{edit}?next=/elsewhere/"}
    said = {"what": "Their buyer leaves", "severity": "high", "version": 1}
    for address, more in ((edit, said), (remove, {"version": 2})):
        answer = as_user(rita).post(address, more, headers=headers)
        assert answer["HX-Redirect"] == plan.get_absolute_url()
    answer = as_user(rita).post(
        reverse("accounts:part_add", args=[plan.pk, "areas"]),
        {"name": "North", "next": "/accounts/"},
        headers=HTMX
        | {
            "HX-Current-URL": "http://testserver"
            + reverse("accounts:part_add", args=[plan.pk, "areas"])
        },
    )
    assert answer["HX-Redirect"] == "/accounts/"


def test_a_plan_survives_a_merge_of_accounts_and_contacts(plan, rita):
    other = AccountFactory(name="Brennecke AG")
    OpportunityFactory(owner=rita, account=other)
    PlanFactory(owner=rita, account=other)
    one, two = ContactFactory(account=other), ContactFactory(account=other)
    for contact in (one, two):
        PlanPersonFactory(plan=plan, contact=contact)
    names = ("name", "website", "industry", "location", "parent")
    opportunities.merge_into(
        plan.account,
        other,
        {name: getattr(plan.account, name) for name in names},
        by=rita,
        shown={plan.account_id: plan.account.version, other.pk: other.version},
    )
    assert AccountPlan.objects.filter(account=plan.account).count() == 2
    assert Account.objects.visible_to(rita).count() == 1
    one.refresh_from_db()
    two.refresh_from_db()
    fields = ("name", "title", "email", "phone", "account")
    opportunities.merge_into(
        one,
        two,
        {name: getattr(one, name) for name in fields},
        by=rita,
        shown={one.pk: one.version, two.pk: two.version},
    )
    assert PlanPerson.objects.get(plan=plan).contact == one
    assert Contact.objects.visible_to(rita).count() == 1


def test_the_plans_of_who_leaves_go_to_an_heir(plan, rita, lena):
    assert services.hand_over(rita, lena) == 1
    plan.refresh_from_db()
    assert plan.owner == lena


def test_the_page_costs_the_same_for_much(plan, rita, as_user, count_queries):
    def fill():
        PlanPersonFactory(plan=plan)
        PlanRiskFactory(plan=plan)
        ProductFactory()
        OpportunityFactory(owner=rita, account=plan.account)
        services.add_move(
            plan,
            "Call",
            promiser=rita,
            due_on=NOW.date() + timedelta(days=7),
            by=rita,
            now=NOW,
        )

    browser = as_user(rita)
    fill()
    few = count_queries(lambda: browser.get(plan.get_absolute_url()))
    for _time in range(5):
        fill()
    assert count_queries(lambda: browser.get(plan.get_absolute_url())) == few


def test_who_is_gone_promises_nothing_and_the_page_says_so(plan, rita, lena, as_user):
    """The owner of the plan was deactivated before anybody took it over."""
    User.objects.filter(pk=rita.pk).update(is_active=False)
    page = as_user(lena).get(plan.get_absolute_url())
    assert page.context["promisers"] == [(lena.pk, "Lena Lang")]
    day = timezone.localdate() + timedelta(days=7)
    answer = as_user(lena).post(
        reverse("accounts:move_add", args=[plan.pk]),
        {"what": "Call them", "promiser": rita.pk, "due_on": day},
    )
    assert answer.status_code == 422
    assert "Select a valid choice" in answer.text
    assert "Call them" in answer.text


def test_who_is_offered_may_promise_and_nobody_else(plan, rita, lena, otto, central):
    mate, gone = (
        UserFactory(name="Nora Nagy", team=central),
        UserFactory(name="Gone Gray", team=central, is_active=False),
    )
    for owner in (mate, gone, otto):
        OpportunityFactory(owner=owner, account=plan.account)
    may = {pk for pk, _name in may_promise(plan, lena)}
    assert may == {rita.pk, lena.pk, mate.pk}
    view = plan_context(lena, plan.pk)
    assert {pk for pk, _name in view["promisers"]} == may


def test_who_has_the_ninth_deal_may_promise_too(plan, rita, lena, central, as_user):
    for amount in range(20, 29):
        OpportunityFactory(owner=rita, account=plan.account, amount=amount)
    mate = UserFactory(name="Nora Nagy", team=central)
    OpportunityFactory(owner=mate, account=plan.account, amount=1)
    page = as_user(lena).get(plan.get_absolute_url())
    found = [pk for pk, _name in page.context["promisers"]]
    assert found == [rita.pk, lena.pk, mate.pk]


def test_a_version_of_what_nobody_has_said_is_a_conflict(plan, lena, as_user):
    product = ProductFactory()
    answer = as_user(lena).post(
        reverse("accounts:field_cell", args=[plan.pk, 0, product.pk]),
        {"state": "sold", "version": 7},
    )
    assert answer.status_code == 409
    assert not FieldCell.objects.exists()
