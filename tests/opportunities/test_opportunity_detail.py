from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone

from pipeline.opportunities import services
from pipeline.opportunities.models import Opportunity
from rhythm.web.formats import day
from tests.factories.meetings import CommitmentFactory
from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    CustomerOutcomeFactory,
    OpportunityContactFactory,
    OpportunityFactory,
)
from tests.factories.process import MilestoneFactory


def url(name: str, *args: int) -> str:
    return reverse(f"opportunities:{name}", args=args)


def on_page(deal: Opportunity) -> dict[str, str]:
    """Return the headers of a form that is sent from the deal's page."""
    page = f"http://testserver{deal.get_absolute_url()}"
    return {"HX-Request": "true", "HX-Current-URL": page}


def test_the_page_says_what_blocks_the_next_stage(
    deal, discover, rita, as_user
) -> None:
    MilestoneFactory(stage=discover, title="Budget named", hint="In euros")
    text = as_user(rita).get(deal.get_absolute_url()).text
    assert "What blocks Propose" in text
    assert text.count("Budget named") >= 2
    assert "Wants it solved" in text


def test_the_page_says_from_when_on_something_new_binds(
    deal, discover, rita, as_user
) -> None:
    later = timezone.now() + timedelta(days=300)
    milestone = MilestoneFactory(
        stage=discover, title="Budget named", asked_since=later
    )
    discover.needs_outcome, discover.outcome_asked_since = True, later
    discover.save()
    browser = as_user(rita)
    text = browser.get(deal.get_absolute_url()).text
    assert text.count("for new deals only") == 2
    milestone.binds_from = timezone.now() + timedelta(days=9)
    milestone.save()
    on = day(rita.today(milestone.binds_from), rita.today(timezone.now()))
    assert f"binds from {on}" in browser.get(deal.get_absolute_url()).text
    milestone.binds_from = timezone.now()
    milestone.save()
    assert "binds from" not in browser.get(deal.get_absolute_url()).text


def test_what_a_file_brought_is_shown_as_such(deal, rita, as_user) -> None:
    Opportunity.objects.filter(pk=deal.pk).update(
        is_gated=False,
        amount_source="list_price",
        external_url="https://crm.example.com/42",
    )
    text = as_user(rita).get(deal.get_absolute_url()).text
    assert "Stage from the file, not gated" in text
    assert "list price" in text
    assert "https://crm.example.com/42" in text


def test_queries_do_not_grow_with_what_a_deal_holds(
    deal, discover, rita, as_user, count_queries
) -> None:
    browser = as_user(rita)

    def fill(count: int) -> None:
        for milestone in MilestoneFactory.create_batch(count, stage=discover):
            services.record_milestone(
                deal, milestone, is_met=True, by=rita, now=deal.stage_since
            )
        OpportunityContactFactory.create_batch(count, opportunity=deal)
        CustomerOutcomeFactory.create_batch(count, opportunity=deal)
        deal.commitments.add(*CommitmentFactory.create_batch(count, promiser=rita))

    fill(1)
    few = count_queries(lambda: browser.get(deal.get_absolute_url()))
    few_told = count_queries(lambda: browser.get(url("opportunity_history", deal.pk)))
    fill(10)
    assert count_queries(lambda: browser.get(deal.get_absolute_url())) == few
    many_told = count_queries(lambda: browser.get(url("opportunity_history", deal.pk)))
    assert many_told == few_told


def test_commitments_of_people_one_may_not_see_are_not_shown(
    deal, rita, otto, omar, as_user
) -> None:
    hidden = CommitmentFactory(what="Otto's secret", promiser=otto, receiver=omar)
    deal.commitments.add(hidden)
    assert "secret" not in as_user(rita).get(deal.get_absolute_url()).text


def test_a_milestone_is_recorded_in_place(deal, discover, rita, as_user) -> None:
    milestone = MilestoneFactory(stage=discover, kind="know")
    address = url("milestone_record", deal.pk, milestone.pk)
    browser = as_user(rita)
    refused = browser.post(address, {"is_met": "on"}, headers=on_page(deal))
    assert refused.status_code == 422
    assert "Write down the answer" in refused.text

    data = {"is_met": "on", "answer": "<i>200k</i>", "version": 0}
    saved = browser.post(address, data, headers=on_page(deal))
    assert saved.headers["HX-Retarget"] == "#deal-page"
    assert "&lt;i&gt;200k" in saved.text

    late = browser.post(address, data, headers=on_page(deal))
    assert late.status_code == 409


def test_milestones_of_other_processes_are_not_there(deal, rita, as_user) -> None:
    foreign = MilestoneFactory()
    assert (
        as_user(rita).get(url("milestone_record", deal.pk, foreign.pk)).status_code
        == 404
    )


def test_an_outcome_is_written_confirmed_and_removed(deal, rita, as_user) -> None:
    browser, headers = as_user(rita), on_page(deal)
    words = {"words": "Spoilage under 1 %"}
    browser.post(url("outcome_create", deal.pk), words, headers=headers)
    outcome = deal.customer_outcomes.get()

    confirmed = words | {"version": 1, "contact_name": "Dr. Thiele"}
    address = url("outcome_edit", outcome.pk)
    browser.post(address, confirmed, headers=headers)
    outcome.refresh_from_db()
    assert outcome.confirmed_by is not None

    assert browser.post(address, confirmed, headers=headers).status_code == 409
    late = browser.post(url("outcome_remove", outcome.pk), headers=headers)
    assert late.status_code == 409
    assert "Dr. Thiele" in late.text
    seen = {"version": outcome.version}
    browser.post(url("outcome_remove", outcome.pk), seen, headers=headers)
    assert not deal.customer_outcomes.exists()
    gone = browser.post(url("outcome_remove", outcome.pk), headers=headers)
    assert gone.status_code == 404


def test_people_come_and_go(deal, rita, as_user) -> None:
    contact = ContactFactory(account=deal.account)
    browser, headers = as_user(rita), on_page(deal)
    data = {"contact": contact.pk, "role": "Decides"}
    browser.post(url("person_add", deal.pk), data, headers=headers)
    assert deal.contact_roles.get().role == "Decides"
    nobody = browser.post(url("person_add", deal.pk), {"role": "x"}, headers=headers)
    assert nobody.status_code == 422

    services.add_person(deal, contact, by=rita, role="Pays")
    remove = url("person_remove", deal.pk, contact.pk)
    late = browser.post(remove, {"version": 1}, headers=headers)
    assert late.status_code == 409
    assert "Pays" in late.text
    browser.post(remove, {"version": 2}, headers=headers)
    assert not deal.people.exists()


def test_closing_and_reopening_ask_for_a_reason(deal, rita, as_user) -> None:
    browser, headers = as_user(rita), on_page(deal)
    close = url("opportunity_close", deal.pk)
    refused = browser.post(close, {"outcome": "lost"}, headers=headers)
    assert refused.status_code == 422
    data = {"outcome": "lost", "reason": "No budget", "version": 1}
    assert "No budget" in browser.post(close, data, headers=headers).text

    reopen = url("opportunity_reopen", deal.pk)
    again = {"reason": "They called", "version": 2}
    browser.post(reopen, again, headers=headers)
    deal.refresh_from_db()
    assert deal.is_open


def test_closing_what_somebody_else_changed_is_asked_again(
    deal, rita, lena, as_user
) -> None:
    services.edit(deal, {"name": "New name"}, by=lena, shown_version=1)
    data = {"outcome": "lost", "reason": "No budget", "version": 1}
    close = url("opportunity_close", deal.pk)
    answer = as_user(rita).post(close, data, headers=on_page(deal))
    assert answer.status_code == 409
    assert "No budget" in answer.text
    assert "New name" in answer.text


def test_a_deal_that_one_gives_away_out_of_sight_leaves_quietly(
    deal, central, lena, rita, vera, otto, as_user
) -> None:
    assign = url("opportunity_assign", deal.pk)
    answer = as_user(vera).post(
        assign, {"to": otto.pk, "version": 1}, headers=on_page(deal)
    )
    assert answer.status_code == 200
    deal.refresh_from_db()
    assert deal.owner == otto
    assert as_user(rita).get(deal.get_absolute_url()).status_code == 404


def test_an_account_shows_the_deals_that_one_may_see(rita, otto, as_user) -> None:
    account = AccountFactory(name="Marlow")
    OpportunityFactory(owner=rita, account=account, name="Mine", amount=5000)
    browser = as_user(rita)
    page, everything = account.get_absolute_url(), url("account_list")
    before = [browser.get(each).text.count("€") for each in (page, everything)]
    OpportunityFactory(owner=otto, account=account, name="Hidden", amount=7000)

    text = browser.get(page).text
    assert "Mine" in text
    assert "Hidden" not in text
    after = [browser.get(each).text.count("€") for each in (page, everything)]
    assert after == before
    assert "1 deal " in browser.get(everything).text


def test_accounts_are_found_by_the_beginning_of_a_word(rita, as_user) -> None:
    AccountFactory(name="Brennecke Logistics")
    AccountFactory(name="Vantora")
    text = as_user(rita).get(url("account_list"), {"q": "logis"}).text
    assert "Brennecke" in text
    assert "Vantora" not in text


def test_the_later_edit_of_an_account_sees_both(rita, lena, as_user) -> None:
    account = AccountFactory(name="Marlow")
    address = url("account_edit", account.pk)
    as_user(lena).post(address, {"name": "Marlow Airports", "version": 1})
    mine = {"name": "Marlow plc", "version": 1}
    answer = as_user(rita).post(address, mine)
    assert answer.status_code == 409
    assert "Marlow Airports" in answer.text
    assert "Marlow plc" in answer.text

    assert as_user(rita).post(address, mine | {"version": 2}).status_code == 302


def test_a_double_submit_makes_one_contact(rita, as_user) -> None:
    account = AccountFactory()
    data = {"name": "Petra", "submission_key": "6dd6b1d1-3a62-4f0c-9d0e-1f3c2b7a9e11"}
    for _ in range(2):
        as_user(rita).post(url("contact_create", account.pk), data)
    assert account.contacts.count() == 1


def test_two_products_of_one_name_are_refused_beside_the_field(ada, as_user) -> None:
    browser = as_user(ada)
    browser.post(url("product_create"), {"name": "Pump", "list_price": "10"})
    again = browser.post(url("product_create"), {"name": "Pump"})
    assert again.status_code == 422
    assert "already exists" in again.text


def test_the_deal_says_when_it_was_won(deal, rita, now, as_user) -> None:
    services.close(deal, outcome="won", reason="Signed", by=rita, now=now)
    deal.refresh_from_db()
    assert deal.closed_on == date(2026, 11, 19)
    assert "Won" in as_user(rita).get(deal.get_absolute_url()).text
