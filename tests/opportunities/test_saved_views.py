"""Views keep what was asked; what they show is always what their reader may see."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pipeline.opportunities import services
from pipeline.opportunities.models import SavedView
from pipeline.opportunities.selectors import saved_views as selectors
from pipeline.opportunities.selectors.questions import question_from
from pipeline.opportunities.selectors.saved_views import MOST_LISTED, views_of
from pipeline.opportunities.selectors.totals import totals_of
from pipeline.opportunities.services import saved_views
from pipeline.opportunities.services.merging import MERGED_FIELDS
from rhythm.people.models import User
from rhythm.web.versions import Conflict
from tests.factories.opportunities import (
    AccountFactory,
    OpportunityFactory,
    SavedViewFactory,
)

LIST = reverse("opportunities:opportunity_list")
NEW = reverse("opportunities:view_create")
HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


def to(name: str, view: SavedView) -> str:
    return reverse(f"opportunities:view_{name}", args=[view.pk])


def asked_of(location: str) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(location).query).items()}


def menu(text: str) -> str:
    return text.split("bd-views")[1].split("</details>", maxsplit=1)[0]


# -- saving -----------------------------------------------------------------------
def test_what_is_shown_is_saved_and_comes_back(discover, rita, as_user) -> None:
    asked = "q=cold&state=all&sort=-amount&columns=stage%2Camount&group=quarter"
    browser = as_user(rita)
    answer = browser.post(NEW, {"name": "Cold ones", "asked": asked})
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.share) == (rita, "Cold ones", "")
    assert asked_of(answer["Location"]) == {
        "q": "cold",
        "state": "all",
        "sort": "-amount",
        "columns": "stage,amount",
        "group": "quarter",
        "view": str(view.pk),
    }
    page = browser.get(answer["Location"]).text
    assert "Cold ones" in menu(page)
    assert "Let “" not in menu(page)
    # The name of the view alone is address enough.
    assert browser.get(LIST, {"view": view.pk})["Location"] == answer["Location"]


def test_a_view_is_changed_to_what_is_shown_then(rita, as_user) -> None:
    view = SavedViewFactory(owner=rita, question={"state": "won"})
    browser = as_user(rita)
    page = browser.get(LIST, {"state": "lost", "view": view.pk}).text
    assert "Let “View" in menu(page)
    sent = {"asked": f"state=lost&view={view.pk}", "version": view.version}
    assert browser.post(to("update", view), sent).status_code == 302
    view.refresh_from_db()
    assert (view.question, view.version) == ({"state": "lost"}, 2)
    assert browser.post(to("update", view), sent).status_code == 409


def test_a_view_is_renamed_and_removed(rita, as_user) -> None:
    view = SavedViewFactory(owner=rita)
    browser = as_user(rita)
    browser.post(to("edit", view), {"name": "Other", "version": 1})
    view.refresh_from_db()
    assert (view.name, view.version) == ("Other", 2)
    stale = browser.post(to("remove", view), {"version": 1})
    assert stale.status_code == 409
    assert browser.post(to("remove", view), {"version": 2}).status_code == 302
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_stays_in_the_form(rita, lena, as_user) -> None:
    SavedViewFactory(owner=rita, name="Late")
    answer = as_user(rita).post(NEW, {"name": "late", "asked": ""}, headers=HTMX)
    assert answer.status_code == 422
    assert "You have a view of that name." in answer.text
    assert as_user(lena).post(NEW, {"name": "late"}).status_code == 302


def test_there_is_an_end_to_views(rita, monkeypatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    save = services.save_view
    save(question_from({}), name="One", share="", by=rita)
    with pytest.raises(ValidationError, match="Remove one"):
        save(question_from({}), name="Two", share="", by=rita)
    assert SavedView.objects.count() == 1


# -- sharing ----------------------------------------------------------------------
@pytest.fixture
def shared(lena, central) -> SavedView:
    return SavedViewFactory(owner=lena, team=central, question={"state": "won"})


def seen_by(person: User) -> bool:
    return SavedView.objects.visible_to(person).exists()


def test_a_team_and_who_leads_it_share_a_view(
    shared, rita, lena, vera, otto, omar, max_, ada, dora
) -> None:
    assert [seen_by(each) for each in (rita, lena, vera)] == [True] * 3
    assert not any(seen_by(each) for each in (otto, omar, max_, ada, dora))


def test_a_view_for_a_team_is_for_those_below(vera, sales, rita, otto, max_) -> None:
    SavedViewFactory(owner=vera, team=sales)
    assert [seen_by(each) for each in (rita, otto, max_)] == [True, True, False]


def test_managers_share_with_their_teams_and_admins_with_everybody(
    rita, lena, ada, central, west
) -> None:
    def shares(by: User, share: str) -> bool:
        try:
            name = f"{by} {share}"
            services.save_view(question_from({}), name=name, share=share, by=by)
        except ValidationError:
            return False
        return True

    mine, theirs = f"team-{central.pk}", f"team-{west.pk}"
    assert [shares(lena, each) for each in (mine, theirs, "all")] == [
        True,
        False,
        False,
    ]
    assert [shares(rita, each) for each in ("", mine, "all")] == [True, False, False]
    assert [shares(ada, each) for each in (theirs, "all")] == [True, True]


def test_the_form_offers_what_the_person_may_share_with(
    rita, lena, ada, west, as_user
) -> None:
    form = as_user(lena).get(NEW).text
    assert "Central" in form
    assert "West" not in form
    assert "Everybody</option>" not in form
    assert "Everybody</option>" in as_user(ada).get(NEW).text
    assert "<select" not in as_user(rita).get(NEW).text.split('id="sheet-h"')[1]


def test_sharing_stays_when_the_manager_leads_no_more(shared, lena, central) -> None:
    central.manager = None
    central.save(update_fields=["manager"])
    edited = services.edit_view(
        shared, name="New", share=shared.share, by=lena, shown_version=1
    )
    assert (edited.team, edited.name) == (central, "New")


def test_only_the_owner_changes_a_view_and_admins_tidy_up(
    shared, rita, ada, as_user
) -> None:
    assert as_user(rita).get(to("edit", shared)).status_code == 403
    assert as_user(ada).get(to("edit", shared)).status_code == 404
    shared.team, shared.is_for_all = None, True
    shared.save(update_fields=["team", "is_for_all"])
    assert as_user(ada).post(to("remove", shared), {"version": 1}).status_code == 302


def test_a_shared_view_shows_what_its_reader_may_see(
    discover, rita, otto, vera, sales, as_user
) -> None:
    OpportunityFactory(owner=rita, stage=discover, name="Of Rita")
    OpportunityFactory(owner=otto, stage=discover, name="Of Otto")
    view = SavedViewFactory(owner=vera, team=sales, question={"rep": str(rita.pk)})
    address = f"{LIST}?rep={rita.pk}&view={view.pk}"
    assert "Of Rita" in as_user(vera).get(address).text
    page = as_user(otto).get(address).text
    assert "Of Rita" not in page
    assert "Of Otto" not in page
    assert "The deals of Rita Reyes are not yours to see." in page


# -- the default ------------------------------------------------------------------
def test_the_table_begins_with_the_default_view(shared, rita, lena, as_user) -> None:
    browser = as_user(rita)
    assert browser.get(LIST).status_code == 200
    browser.post(to("default", shared), {"wanted": "1"})
    answer = browser.get(LIST)
    assert asked_of(answer["Location"]) == {"state": "won", "view": str(shared.pk)}
    assert browser.get(LIST, {"view": 0}).status_code == 200
    assert as_user(lena).get(LIST).status_code == 200
    browser.post(to("default", shared))
    assert browser.get(LIST).status_code == 200


def test_a_default_that_is_shared_no_more_is_none(shared, rita, as_user) -> None:
    services.begin_with(shared, by=rita, wanted=True)
    SavedView.objects.update(team=None)
    assert as_user(rita).get(LIST).status_code == 200


def test_a_view_without_a_question_does_not_go_in_circles(rita, as_user) -> None:
    view = SavedViewFactory(owner=rita)
    services.begin_with(view, by=rita, wanted=True)
    answer = as_user(rita).get(LIST, follow=True)
    assert len(answer.redirect_chain) == 1


def test_what_leads_to_all_open_deals_never_leads_to_a_view(
    shared, rita, lena, now, as_user
) -> None:
    services.begin_with(shared, by=rita, wanted=True)
    browser = as_user(rita)
    # Open deals, in a table that began with won ones.
    for asked in ({"view": 0}, {"view": shared.pk, "state": ""}):
        question = question_from(asked)
        addresses = [question.address(), question.address(sort="")]
        figures = totals_of(rita, question, now=now).total.figures
        addresses += [figure.address for figure in figures]
        for address in addresses:
            assert browser.get(f"{LIST}?{address}").status_code == 200
    # Nor does the way back from what was to be done with many.
    answer = browser.get(reverse("opportunities:bulk_edit"))
    assert answer["Location"] == f"{LIST}?view=0"


def test_the_menu_marks_what_is_shown(shared, rita, as_user) -> None:
    browser = as_user(rita)
    is_marked = '?view=0" aria-current="true"'
    assert is_marked in menu(browser.get(LIST, {"view": 0}).text)
    changed = browser.get(LIST, {"view": shared.pk, "state": ""}).text
    assert is_marked not in menu(changed)
    assert menu(changed).count("aria-current") == 1


# -- what has become of it --------------------------------------------------------
def test_who_and_what_is_gone_is_said_plainly(
    discover, propose, rita, lena, as_user
) -> None:
    OpportunityFactory(owner=rita, stage=discover)
    view = services.save_view(
        question_from({"stage": propose.pk, "rep": rita.pk}),
        name="Proposals",
        share="",
        by=lena,
    )
    propose.delete()
    rita.is_active = False
    rita.save(update_fields=["is_active"])
    page = as_user(lena).get(LIST, {"view": view.pk}, follow=True)
    assert page.status_code == 200
    assert "“Propose” is no longer there, so no deal can match." in page.text
    assert "Stage: Propose" in page.text


def test_a_rep_who_left_is_still_asked_for_and_it_is_said(
    discover, dora, lena, as_user
) -> None:
    won = discover.process.stages.get(kind="won")
    OpportunityFactory(
        owner=dora, stage=won, outcome="won", closed_on="2026-01-02", name="Her last"
    )
    page = as_user(lena).get(LIST, {"rep": dora.pk, "state": "won"}).text
    assert "Dora Dahl is deactivated." in page
    assert "Her last" in page


@pytest.mark.parametrize("page", ["opportunity_list", "board"])
def test_a_rep_whom_nobody_may_choose_stays_with_the_next_filter(
    discover, dora, lena, as_user, page
) -> None:
    url = reverse(f"opportunities:{page}")
    dora.is_active = False
    dora.save(update_fields=["is_active"])
    browser = as_user(lena)
    chosen = f'<option value="{dora.pk}" selected>Dora Dahl</option>'
    assert chosen in browser.get(url, {"rep": dora.pk}).text
    assert chosen not in browser.get(url, {"view": 0}).text


def test_a_filter_that_nobody_knows_any_more_is_said(rita, as_user) -> None:
    view = SavedViewFactory(owner=rita, question={"flag": "smelly", "state": "won"})
    page = as_user(rita).get(LIST, {"view": view.pk}, follow=True).text
    assert "not known any more and left out: flag." in page


@pytest.mark.parametrize(
    "name", ["team", "above", "manager", "account", "process", "stage", "rep"]
)
def test_what_never_was_is_no_fault(rita, as_user, name: str) -> None:
    page = as_user(rita).get(LIST, {name: 987_654})
    assert page.status_code == 200
    assert "is no longer there" in page.text


def test_what_is_there_is_named(discover, rita, lena, central, as_user) -> None:
    deal = OpportunityFactory(owner=rita, stage=discover)
    values = {
        "team": central.pk,
        "above": central.parent_id,
        "manager": lena.pk,
        "account": deal.account_id,
        "process": discover.process_id,
        "stage": discover.pk,
        "quarter": f"{deal.close_on:%Y-%m}",
    }
    page = as_user(lena).get(LIST, values).text
    for words in ("Team: Central", "Team above: Sales", "Manager: Lena Lang"):
        assert words in page
    for words in (f"Account: {deal.account}", "Stage: Discover", "Process: "):
        assert words in page
    assert "is no longer there" not in page


def test_a_view_of_somebody_else_is_none(rita, otto, as_user) -> None:
    view = SavedViewFactory(owner=otto, name="Ottos own")
    page = as_user(rita).get(LIST, {"view": view.pk})
    assert page.status_code == 200
    assert "Ottos own" not in page.text
    assert f"view={view.pk}" not in page.text


# -- care -------------------------------------------------------------------------
def test_what_is_far_down_the_alphabet_is_listed_if_it_matters(
    rita, lena, monkeypatch
) -> None:
    monkeypatch.setattr(selectors, "MOST_LISTED", 3)
    for name in ("A", "B", "C", "Y", "Z"):
        view = SavedViewFactory(owner=lena, name=name, is_for_all=True)
    own = SavedViewFactory(owner=rita, name="X")
    services.begin_with(view, by=rita, wanted=True)
    current = SavedView.objects.get(name="Y")
    views = views_of(rita, question_from({"view": current.pk}))
    assert [row.name for row in [*views.own, *views.shared]] == ["X", "Y", "Z"]
    assert (views.own[0].id, views.current.id) == (own.pk, current.pk)
    assert views.default.id == view.pk


def test_a_view_of_an_account_outlives_its_merge(rita, discover, as_user) -> None:
    stays, gone = AccountFactory(name="Acme"), AccountFactory(name="Acme Ltd")
    OpportunityFactory(owner=rita, stage=discover, account=gone, name="Pumps")
    view = services.save_view(
        question_from({"account": gone.pk}), name="Acme", share="", by=rita
    )
    values = {name: getattr(stays, name) for name in MERGED_FIELDS[type(stays)]}
    shown = {stays.pk: 1, gone.pk: 1}
    services.merge_into(stays, gone, values, by=rita, shown=shown)
    page = as_user(rita).get(LIST, {"view": view.pk}, follow=True).text
    assert "Pumps" in page
    assert "Account: Acme<" in page
    assert "no longer there" not in page


def test_queries_do_not_grow_with_the_views(rita, lena, as_user, count_queries) -> None:
    browser = as_user(rita)
    SavedViewFactory(owner=rita)
    few = count_queries(lambda: browser.get(LIST))
    SavedViewFactory.create_batch(9, owner=lena, is_for_all=True)
    assert count_queries(lambda: browser.get(LIST)) == few
    assert len(views_of(rita, question_from({})).shared) < MOST_LISTED


def test_two_who_change_a_view_at_once_both_learn_of_it(rita, lena) -> None:
    view = SavedViewFactory(owner=rita)
    services.edit_view(view, name="A", share="", by=rita, shown_version=1)
    with pytest.raises(Conflict):
        services.ask_otherwise(view, question_from({}), by=rita, shown_version=1)


@pytest.mark.parametrize("odd", ["%00", "q=%00", "=&&=", "x" * 5000, "%F0%9F", "a;b"])
def test_odd_questions_are_saved_as_what_they_mean(rita, as_user, odd: Any) -> None:
    answer = as_user(rita).post(NEW, {"name": "Odd", "asked": odd})
    assert answer.status_code == 302
    assert set(SavedView.objects.get().question) <= {"q"}


@pytest.mark.parametrize("sign", ["%E2%80%AE", "%E2%81%A6"])
def test_what_turns_text_does_not_come_in_by_an_address_in_a_form(
    rita, as_user, sign: str
) -> None:
    """The address is encoded once more than the form that carries it."""
    answer = as_user(rita).post(NEW, {"name": "Odd", "asked": f"q={sign}Acme"})
    assert SavedView.objects.get().question == {"q": "Acme"}
    assert asked_of(answer["Location"])["q"] == "Acme"
