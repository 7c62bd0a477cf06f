import pytest
from django.urls import reverse

from pipeline.opportunities import services
from pipeline.opportunities.models import Contact, Opportunity
from pipeline.opportunities.selectors.flag_filters import flagged
from pipeline.opportunities.selectors.flags import flags_of
from tests.factories.opportunities import ContactFactory
from tests.factories.process import MilestoneFactory

BOARD = "http://testserver" + reverse("opportunities:board")
HTMX = {"HX-Request": "true", "HX-Current-URL": BOARD}


@pytest.fixture
def url(deal) -> str:
    return reverse("opportunities:opportunity_move", args=[deal.pk])


def test_a_drop_through_an_open_gate_moves_and_shows_the_board(
    deal, propose, rita, as_user, url
) -> None:
    data = {"to": propose.pk, "version": 1}
    answer = as_user(rita).post(url, data, headers=HTMX)

    assert answer.headers["HX-Retarget"] == "#board"
    assert "moved to Propose" in answer.headers["HX-Trigger"]
    deal.refresh_from_db()
    assert deal.stage == propose


def test_a_refused_drop_asks_only_for_what_is_missing(
    deal, discover, propose, negotiate, rita, as_user, url
) -> None:
    MilestoneFactory(stage=discover, title="Budget named", kind="know")
    MilestoneFactory(stage=discover, title="Plan shown", importance="expected")
    MilestoneFactory(stage=propose, title="Legal terms")

    answer = as_user(rita).post(url, {"to": propose.pk, "version": 1}, headers=HTMX)

    assert answer.status_code == 422
    assert answer.headers["HX-Retarget"] == "#sheet"
    assert "Budget named" in answer.text
    assert "Plan shown" not in answer.text
    assert "Legal terms" not in answer.text
    assert "Override" not in answer.text
    deal.refresh_from_db()
    assert deal.stage == discover


def test_completing_the_sheet_completes_the_move(
    deal, discover, negotiate, propose, rita, as_user, url
) -> None:
    know = MilestoneFactory(stage=discover, kind="know")
    confirmed = MilestoneFactory(stage=propose, kind="confirmed")
    data = {
        "to": negotiate.pk,
        "version": 1,
        "answers": 1,
        f"m{know.pk}-answer": "€ 200k",
        f"m{know.pk}-version": 0,
        f"m{confirmed.pk}-contact_name": "Dr. Thiele",
        f"m{confirmed.pk}-version": 0,
    }
    answer = as_user(rita).post(url, data, headers=HTMX)

    assert answer.status_code == 200
    deal.refresh_from_db()
    assert deal.stage == negotiate
    assert deal.milestone_records.filter(is_met=True).count() == 2
    thiele = Contact.objects.get(name="Dr. Thiele")
    assert thiele.account == deal.account
    assert deal.people.get() == thiele


def test_one_wrong_answer_records_nothing_and_keeps_what_was_typed(
    deal, discover, propose, rita, as_user, url
) -> None:
    done = MilestoneFactory(stage=discover)
    know = MilestoneFactory(stage=discover, kind="know", answer_kind="number")
    data = {
        "to": propose.pk,
        "version": 1,
        "answers": 1,
        f"m{done.pk}-evidence": "Mail of 3 Nov",
        f"m{know.pk}-answer": "many",
    }
    answer = as_user(rita).post(url, data, headers=HTMX)

    assert answer.status_code == 422
    assert "Enter a number" in answer.text
    assert "Mail of 3 Nov" in answer.text
    assert not deal.milestone_records.exists()


def test_somebody_chosen_and_somebody_new_are_not_both_taken(
    deal, discover, propose, rita, as_user, url
) -> None:
    confirmed = MilestoneFactory(stage=discover, kind="confirmed")
    petra = ContactFactory(name="Petra Voss", account=deal.account)
    data = {
        "to": propose.pk,
        "version": 1,
        "answers": 1,
        f"m{confirmed.pk}-contact": petra.pk,
        f"m{confirmed.pk}-contact_name": "Dr. Thiele",
        f"m{confirmed.pk}-version": 0,
    }
    answer = as_user(rita).post(url, data, headers=HTMX)

    assert answer.status_code == 422
    assert "Petra Voss is chosen too" in answer.text
    assert not Contact.objects.filter(name="Dr. Thiele").exists()


def test_a_missing_outcome_is_said_and_confirmed_in_the_sheet(
    deal, discover, propose, rita, as_user, url
) -> None:
    discover.needs_outcome = True
    discover.save()
    contact = ContactFactory(account=deal.account)
    data = {
        "to": propose.pk,
        "version": 1,
        "answers": 1,
        "outcome-words": "Spoilage under 1 %",
        "outcome-contact": contact.pk,
    }
    browser = as_user(rita)
    wrong = browser.post(url, data | {"outcome-contact": ""}, headers=HTMX)
    assert wrong.status_code == 422
    assert not deal.customer_outcomes.exists()

    assert browser.post(url, data, headers=HTMX).status_code == 200
    assert deal.customer_outcomes.get().confirmed_by == contact


def test_a_leader_overrides_with_a_reason(
    deal, discover, propose, lena, as_user, url
) -> None:
    MilestoneFactory(stage=discover)
    browser = as_user(lena)
    data = {"to": propose.pk, "override": 1, "version": 1}
    first = browser.post(url, data, headers=HTMX)
    assert first.status_code == 422
    assert "Say why it may pass" in first.text

    browser.post(url, data | {"reason": "The board wants it"}, headers=HTMX)
    deal.refresh_from_db()
    assert (deal.stage, deal.is_override) == (propose, True)


def test_moving_back_asks_for_the_reason_in_the_same_sheet(
    deal, discover, propose, rita, as_user, url
) -> None:
    browser = as_user(rita)
    browser.post(url, {"to": propose.pk, "version": 1}, headers=HTMX)
    asked = browser.post(url, {"to": discover.pk, "version": 2}, headers=HTMX)
    assert asked.status_code == 422
    assert "Say why it moves back" in asked.text

    browser.post(
        url, {"to": discover.pk, "reason": "New buyer", "version": 2}, headers=HTMX
    )
    deal.refresh_from_db()
    assert deal.stage == discover


def test_what_somebody_else_moved_is_shown_as_it_is_now(
    deal, propose, negotiate, rita, lena, as_user, url
) -> None:
    as_user(lena).post(url, {"to": propose.pk, "version": 1}, headers=HTMX)
    data = {"to": negotiate.pk, "version": 1}
    answer = as_user(rita).post(url, data, headers=HTMX)

    assert answer.status_code == 409
    assert "It is at Propose" in answer.text


@pytest.mark.parametrize("to", ["", "0", "x", "9" * 30])
def test_a_stage_that_is_none_offers_the_stages(
    deal, rita, as_user, url, to: str
) -> None:
    answer = as_user(rita).post(url, {"to": to}, headers=HTMX)
    assert answer.status_code == 422
    assert "Negotiate" in answer.text


def test_undo_puts_it_back_where_it_was_once(
    deal, discover, propose, rita, as_user, url, now
) -> None:
    browser = as_user(rita)
    browser.post(url, {"to": propose.pk, "version": 1}, headers=HTMX)
    deal.refresh_from_db()
    from pipeline.opportunities.services import Standing
    from pipeline.opportunities.views.moves import _undo_url

    before = Standing(discover.pk, now, True, False, "")
    undo = _undo_url(deal, before)
    assert browser.post(undo).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage, deal.stage_since) == (discover, now)

    browser.post(undo)
    deal.refresh_from_db()
    assert deal.version == 3


@pytest.mark.django_db(transaction=True)
def test_a_move_that_is_undone_at_once_is_no_step_back(
    deal, discover, propose, rita, now
) -> None:
    before = services.Standing.of(deal)
    moved = services.move(deal, to=propose, by=rita, now=now)
    undone = services.undo_move(moved, before, by=rita, shown_version=moved.version)
    again = Opportunity.objects.select_related("stage").get(pk=undone.pk)

    found = flags_of([again], viewer=rita, now=now)[again.pk]
    assert "moved_back" not in {each.kind for each in found}
    deals = Opportunity.objects.all()
    assert not flagged(deals, "moved_back", viewer=rita, now=now)

    services.move(again, to=propose, by=rita, now=now)
    services.move(again, to=discover, by=rita, now=now, reason="New buyer")
    assert flagged(deals, "moved_back", viewer=rita, now=now)


def test_without_a_script_the_same_forms_lead_back(
    deal, propose, rita, as_user, url
) -> None:
    board = reverse("opportunities:board")
    data = {"to": propose.pk, "next": board, "version": 1}
    assert as_user(rita).post(url, data)["Location"] == board
    assert "Discover" in as_user(rita).get(url).text
