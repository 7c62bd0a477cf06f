import pytest
from django.urls import reverse

from tests.factories.opportunities import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
)

DEALS = reverse("opportunities:opportunity_options")
ACCOUNTS = reverse("opportunities:account_options")
CONTACTS = reverse("opportunities:contact_options")


def test_beginnings_of_words_are_found_in_any_order(rita, as_user) -> None:
    AccountFactory(name="Ölmühle Brennecke Logistik")
    AccountFactory(name="Vantora")
    answer = as_user(rita).get(ACCOUNTS, {"q": "logi bren", "name": "account"})
    assert "Ölmühle Brennecke Logistik" in answer.text
    assert "Vantora" not in answer.text
    assert 'name="account"' in answer.text


@pytest.mark.parametrize("text", ["'", "a:*|b", "🙂", "\0", "x" * 10_000, "a & !b"])
def test_no_text_breaks_the_search(rita, as_user, text: str) -> None:
    for url in (ACCOUNTS, CONTACTS, DEALS):
        assert as_user(rita).get(url, {"q": text}).status_code == 200


def test_a_deal_is_found_by_its_name_and_its_accounts_name(rita, as_user) -> None:
    account = AccountFactory(name="Marlow Airports")
    OpportunityFactory(name="Baggage drives", account=account, owner=rita)
    browser = as_user(rita)
    assert "Baggage drives" in browser.get(DEALS, {"q": "mar"}).text
    assert "Baggage drives" in browser.get(DEALS, {"q": "bagg"}).text


def test_hidden_and_closed_deals_are_not_offered(rita, otto, as_user) -> None:
    OpportunityFactory(name="Baggage drives", owner=otto)
    before = as_user(rita).get(DEALS, {"q": "bagg"}).text
    assert "Baggage" not in before
    assert "Baggage" in as_user(otto).get(DEALS, {"q": "bagg"}).text


def test_contacts_of_the_account_come_first(rita, as_user) -> None:
    own = ContactFactory(name="Petra Zander")
    ContactFactory(name="Petra Adler")
    query = {"q": "petra", "account": own.account_id}
    text = as_user(rita).get(CONTACTS, query).text
    assert text.index("Zander") < text.index("Adler")


def test_a_new_name_may_be_created_in_place(rita, as_user) -> None:
    query = {"q": "<b>Nova", "create": "1", "name": "account"}
    text = as_user(rita).get(ACCOUNTS, query).text
    assert "New: &lt;b&gt;Nova" in text
    assert 'value="new" checked' in text
