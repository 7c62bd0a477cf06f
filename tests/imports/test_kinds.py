"""Exports of other systems, and files of every kind."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from pipeline.activities.models import Activity, ActivityKind
from pipeline.imports import services
from pipeline.imports.models import ImportRun
from pipeline.imports.questions import open_questions
from pipeline.opportunities.models import Account, Contact, Opportunity, Product
from rhythm.people.models import Membership, Team, User
from tests.factories.process import a_process
from tests.imports.steps import a_file, bring_in, check, rows, totals, upload

pytestmark = pytest.mark.django_db

PIPEDRIVE = (
    "Deal - ID,Deal - Title,Deal - Organization,Deal - Owner,Deal - Stage,"
    "Deal - Status,Deal - Value,Deal - Expected close date,"
    "Deal - Deal closed on,Deal - Deal created\n"
    "7,Pump,Acme,Rita Reyes,Propose,Open,100,2026-12-24,,2026-01-02 10:00:00\n"
    "8,Valve,Acme,Rita Reyes,Propose,Won,200,,2026-02-03 11:00:00,2026-01-02 10:00:00\n"
    "9,Hose,,Rita Reyes,Discover,Lost,300,,2026-02-04 11:00:00,2026-01-02 10:00:00\n"
    "10,Gone,,Rita Reyes,Discover,Deleted,300,,,2026-01-02 10:00:00\n"
)
HUBSPOT = (
    '"Record ID","Deal Name","Deal Stage","Close Date","Deal owner","Amount",'
    '"Create Date","Associated Company"\n'
    '"991","Ring main","Discover","2026-04-05 10:30","rita@example.com","1200.50",'
    '"2026-01-01 09:00","Bolt & Co"\n'
)


def deal(key: str) -> Opportunity:
    return Opportunity.objects.get(external_id=key)


def test_pipedrive_says_won_and_lost_beside_the_stage(ada: User, rita: User) -> None:
    a_process()
    run = upload(ada, a_file("deals.csv", PIPEDRIVE), source="pipedrive")
    assert run.files.get().preset == "pipedrive"
    run = bring_in(run)
    assert totals(run) == {"create": 4, "skip": 1}
    assert (deal("7").outcome, str(deal("7").close_on)) == ("", "2026-12-24")
    won = deal("8")
    assert (won.outcome, str(won.closed_on)) == ("won", "2026-02-03")
    assert (str(won.stage), str(won.closed_from)) == ("Won", "Propose")
    assert str(deal("9").stage) == "Lost"
    assert rows(run, action="skip")[0].reasons == ["Deleted in the CRM"]


def test_hubspot_owners_are_found_by_their_e_mail(ada: User, rita: User) -> None:
    a_process()
    run = upload(ada, a_file("hubspot-deals.csv", HUBSPOT), source="hubspot")
    assert run.files.get().preset == "hubspot"
    bring_in(run)
    found = deal("991")
    assert (found.owner, found.amount) == (rita, Decimal("1200.50"))
    assert str(found.account) == "Bolt & Co"


def test_an_owner_whom_nobody_knows_becomes_a_person_without_sign_in(ada: User) -> None:
    a_process()
    text = "id,name,stage,owner\n1,A,Discover,Nils Holm\n2,B,Discover,eva@example.com\n"
    run = bring_in(upload(ada, a_file("deals.csv", text)))
    nils, eva = deal("1").owner, deal("2").owner
    assert (nils.name, nils.email, nils.has_usable_password()) == (
        "Nils Holm",
        None,
        False,
    )
    assert (eva.name, eva.email, eva.has_usable_password()) == (
        "Eva",
        "eva@example.com",
        False,
    )
    made = rows(run, kind="people")
    assert {row.label for row in made} == {"Nils Holm", "Eva"}


def test_somebody_in_a_team_stays_there(ada: User, rita: User, central: Team) -> None:
    text = "name,manager,region\nRita Reyes,Otto Olsen,East\nMia Moe,Otto Olsen,East\n"
    run = bring_in(upload(ada, a_file("teams.csv", text)))
    assert Membership.objects.present().get(user=rita).team == central
    mia = User.objects.get_queryset().get(name="Mia Moe")
    team = Membership.objects.present().get(user=mia).team
    assert (str(team), str(team.parent), str(team.manager)) == (
        "Team Otto Olsen",
        "East",
        "Otto Olsen",
    )
    stays = rows(run, label="Rita Reyes")[0]
    assert (stays.action, stays.reasons) == (
        "same",
        ["Is in Central already, and stays there"],
    )


def test_an_excel_file_gives_the_same_as_a_csv(ada: User, rita: User) -> None:
    a_process()
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(["id", "name", "stage", "owner", "amount", "close date"])
    day = datetime(2026, 5, 6)  # noqa: DTZ001 - Excel knows no zones
    page.append([1, "Trench", "Discover", "Rita Reyes", 1054.5, day])
    data = io.BytesIO()
    book.save(data)
    bring_in(upload(ada, a_file("deals.xlsx", data.getvalue())))
    found = deal("1")
    assert (found.amount, str(found.close_on)) == (Decimal("1054.50"), "2026-05-06")


def test_contacts_come_to_their_accounts_and_again_change_nothing(ada: User) -> None:
    accounts = "id,account name\nA1,Acme\nA2,Bolt\n"
    contacts = (
        "contact id,first name,last name,account id,email\n"
        "C1,Rose,Gonzalez,A1,rose@acme.com\nC2,Sean,Forbes,A9,no mail\n"
    )
    for expected in ({"create": 4}, {"same": 4}):
        run = upload(
            ada, a_file("accounts.csv", accounts), a_file("contacts.csv", contacts)
        )
        run = bring_in(run)
        assert totals(run) == expected
    rose = Contact.objects.get(external_id="C1")
    assert (rose.name, str(rose.account)) == ("Rose Gonzalez", "Acme")
    sean = rows(run, label="Sean Forbes")[0]
    assert "email is no e-mail address; left out" in sean.reasons
    assert "The account A9 is in no file; it comes without one" in sean.reasons


def test_an_account_named_on_a_deal_first_is_found_by_the_accounts_file_later(
    ada: User,
) -> None:
    a_process()
    deals = "id,name,account,stage\n1,Trench,acme,Discover\n"
    bring_in(upload(ada, a_file("deals.csv", deals)), owner=ada.pk)
    accounts = "account id,account name,industry\nA1,ACME,Mining\n"
    bring_in(upload(ada, a_file("accounts.csv", accounts)))
    account = Account.objects.get()
    assert (account.external_id, account.industry) == ("A1", "Mining")


def test_products_can_be_left_out_or_made(ada: User) -> None:
    a_process()
    deals = "id,name,stage,product\n1,A,Discover,Rope\n2,B,Discover,Misc\n"
    run = upload(ada, a_file("deals.csv", deals))
    assert run.answers["products"] == {"Rope": "Rope", "Misc": "Misc"}
    bring_in(run, owner=ada.pk, products={"Rope": "Rope", "Misc": None})
    assert [str(each) for each in Product.objects.all()] == ["Rope"]
    assert not deal("2").products.exists()


def test_activities_come_to_their_deals(ada: User, rita: User) -> None:
    a_process()
    ActivityKind.objects.get_or_create(name="Call", defaults={"position": 1})
    ActivityKind.objects.get_or_create(name="Other", defaults={"position": 9})
    deals = "id,name,stage,owner\nD1,Trench,Discover,Rita Reyes\n"
    activities = (
        "activity id,type,subject,date,owner,deal id\n"
        "1,Phone call,Asked for the plan,2026-05-06 10:00,Rita Reyes,D1\n"
        "2,Strange,,2026-05-07 10:00,Rita Reyes,D1\n"
        "3,Phone call,,2026-05-07 10:00,Rita Reyes,D9\n"
    )
    files = (a_file("deals.csv", deals), a_file("activities.csv", activities))
    run = bring_in(upload(ada, *files))
    assert totals(run) == {"create": 3, "refuse": 1}
    assert rows(run, action="refuse")[0].reasons == [
        "It is on no deal or account that is known: D9"
    ]
    first = Activity.objects.get(external_id="1")
    assert (str(first.kind), first.opportunity) == ("Call", deal("D1"))
    assert deal("D1").last_activity_at == datetime(2026, 5, 7, 8, tzinfo=UTC)


def test_ambiguous_dates_and_amounts_are_asked_and_not_guessed(
    ada: User, rita: User
) -> None:
    a_process()
    text = "id,name,stage,owner,amount,close date\n"
    text += '1,A,Discover,Rita Reyes,"1,100",01-02-26\n'
    run = upload(ada, a_file("deals.csv", text))
    asked = {each.column for each in open_questions(run)}
    assert asked == {"amount", "close date"}
    file = run.files.get()
    formats = {"amount": "point", "close date": "dmy"}
    services.choose_files(run, {file.pk: {"formats": formats}}, source="crm")
    run = ImportRun.objects.get(pk=run.pk)
    assert totals(check(run)) == {"create": 1}
    assert "1,100.00 · closes 1 Feb 2026" in rows(run)[0].detail
