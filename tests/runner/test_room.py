"""The room as people use it: the chair on the laptop, others beside."""

import re

import pytest
from django.urls import reverse

from pipeline.runner import services
from pipeline.runner.models import Block, Run
from rhythm.calendar.models import BlockKind, Meeting, MeetingKind
from rhythm.commitments.models import Commitment
from tests.factories.opportunities import OpportunityFactory
from tests.factories.people import UserFactory
from tests.runner.conftest import DUE, NOW, minutes

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, run, *more):
    return reverse(f"runner:{name}", args=[run.meeting_id, *more])


@pytest.fixture
def at_case(run, case, deal, lena):
    services.choose_case(case, deal, by=lena)
    services.go_to(case, by=lena, now=NOW)
    return Run.objects.select_related("meeting").get(pk=run.pk)


def test_start_on_the_page_of_the_meeting_leads_into_the_room(meeting, as_user, lena):
    begin = reverse("meetings:meeting_begin", args=[meeting.pk])
    answer = as_user(lena).post(begin, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("runner:room", args=[meeting.pk])
    assert "Commitments from last time" in answer.text


def test_the_room_shows_what_was_promised_last_time(run, promised, as_user, lena):
    text = as_user(lena).get(url("room", run)).text
    assert "Send the offer" in text
    assert "of 5 min" in text


def test_a_peer_sees_the_marks_and_not_the_words(run, promised, as_user, otto, central):
    from tests.factories.people import UserFactory

    mate = UserFactory(team=central)
    text = as_user(mate).get(url("room", run)).text
    assert "Send the offer" not in text
    assert "0 of 1 kept" in text


def test_whose_deal_it_is_not_does_not_read_it(at_case, as_user, central, rita):
    from tests.factories.people import UserFactory

    mate = UserFactory(team=central)
    assert "Sensors" in as_user(rita).get(url("room", at_case)).text
    text = as_user(mate).get(url("room", at_case)).text
    assert "Sensors" not in text
    assert "not yours to see" in text


def test_own_commitments_are_marked_by_whoever_looks_on(run, promised, as_user, rita):
    before = Run.objects.get().pulse
    keep = url("promise", run, promised.pk, "keep")
    answer = as_user(rita).post(keep, headers=HTMX)
    assert answer.status_code == 200
    assert Commitment.objects.get(pk=promised.pk).state == "kept"
    assert Run.objects.get().pulse == before + 1


def test_the_chair_agrees_on_a_new_date_there_and_then(run, promised, as_user, lena):
    renew = url("promise", run, promised.pk, "renew")
    browser = as_user(lena)
    assert 'type="date"' in browser.get(renew, headers=HTMX).text
    data = {"due_on": "2030-01-02", "version": promised.version}
    assert browser.post(renew, data, headers=HTMX).status_code == 200
    promised.refresh_from_db()
    assert promised.renegotiations == 1


def test_a_date_in_the_past_is_said_beside_the_field(run, promised, as_user, lena):
    renew = url("promise", run, promised.pk, "renew")
    data = {"due_on": "2020-01-02", "version": promised.version}
    answer = as_user(lena).post(renew, data, headers=HTMX)
    assert answer.status_code == 422
    assert "That day has passed" in answer.text


def test_followers_are_told_only_what_is_new(run, case, as_user, rita, lena):
    browser, pulse = as_user(rita), url("room_pulse", run)
    pulse_now = Run.objects.get().pulse
    assert browser.get(f"{pulse}?pulse={pulse_now}").status_code == 204
    services.go_to(case, by=lena, now=NOW)
    answer = browser.get(f"{pulse}?pulse={pulse_now}", headers=HTMX)
    assert "Difficult case" in answer.text
    assert answer["Review-Item"] == str(case.pk)


def test_who_follows_is_sent_on_when_it_ends(run, as_user, rita, lena):
    services.finish(run, by=lena, now=NOW)
    answer = as_user(rita).get(url("room_pulse", run), headers=HTMX)
    assert answer["HX-Redirect"] == url("room", run)


def test_a_note_is_kept_as_it_is_written(run, case, as_user, lena):
    note = url("block_note", run, case.pk)
    data = {"text": "Ask who signs", "version": 1}
    assert 'value="2"' in as_user(lena).post(note, data, headers=HTMX).text
    assert Block.objects.get(pk=case.pk).note == "Ask who signs"


def test_a_refused_note_keeps_its_words(at_case, case, as_user, lena):
    note = url("block_note", at_case, case.pk)
    answer = as_user(lena).post(note, {"text": "y" * 10_001}, headers=HTMX)
    assert answer.status_code == 422
    assert "y" * 10_001 in answer.text
    services.finish(at_case, by=lena, now=NOW)
    late = as_user(lena).post(note, {"text": "Mine", "version": 1}, headers=HTMX)
    assert late.status_code == 422
    assert "Mine" in late.text


def test_an_autosave_has_the_chair_s_window_ask_for_nothing(run, case, as_user, lena):
    page = reverse("runner:block_note", args=[run.meeting_id, case.pk])
    answer = as_user(lena).post(
        page, {"text": "Twelve people", "version": 1}, headers=HTMX
    )
    pulse = Run.objects.get().pulse
    asks = reverse("runner:room_pulse", args=[run.meeting_id])
    assert f"{asks}?pulse={pulse}" in answer.text
    assert "Twelve people" not in answer.text


def test_the_focus_goes_to_the_block_that_one_came_to(run, case, as_user, lena):
    page = reverse("runner:block_go", args=[run.meeting_id, case.pk])
    answer = as_user(lena).post(page, headers=HTMX)
    assert '<h1 id="deal-h" tabindex="-1" data-focus>' in answer.text


def test_a_note_of_two_tabs_shows_both_texts(at_case, case, as_user, lena):
    services.write_note(case, "Theirs", by=lena, shown_version=1)
    data = {"text": "Mine", "version": 1}
    note = url("block_note", at_case, case.pk)
    answer = as_user(lena).post(note, data, headers=HTMX)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    data["overwrite"] = "1"
    assert as_user(lena).post(note, data, headers=HTMX).status_code == 200
    assert Block.objects.get(pk=case.pk).note == "Mine"


def test_a_commitment_is_made_as_it_is_said(run, as_user, lena, rita):
    data = {"what": "Send it", "promiser": rita.pk, "due_on": "2030-01-02"}
    answer = as_user(lena).post(url("promise_add", run), data, headers=HTMX)
    assert "Send it" in answer.text
    assert Commitment.objects.get().made_in == run.meeting


def test_a_commitment_without_words_is_said_beside_the_field(run, as_user, lena, rita):
    data = {"what": "", "promiser": rita.pk, "due_on": "2030-01-02"}
    answer = as_user(lena).post(url("promise_add", run), data, headers=HTMX)
    assert answer.status_code == 422
    assert "c-what-e" in answer.text


def test_the_case_is_chosen_from_live_deals(run, case, deal, otto, as_user, lena):
    other = OpportunityFactory(owner=otto, name="Sensors West")
    browser, choose = as_user(lena), url("block_case", run, case.pk)
    text = browser.get(f"{choose}?q=Sens", headers=HTMX).text
    assert "Sensors" in text
    assert "Sensors West" not in text
    assert browser.post(choose, {"deal": deal.pk}).status_code == 302
    assert browser.post(choose, {"deal": other.pk}).status_code == 404
    assert Block.objects.get(pk=case.pk).opportunity == deal
    browser.post(choose, {"deal": ""})
    assert Block.objects.get(pk=case.pk).opportunity is None


def test_deals_that_ask_for_a_talk_are_proposed(run, case, rita, as_user, lena):
    OpportunityFactory(owner=rita, name="Overdue", close_on="2020-01-01")
    choose = url("block_case", run, case.pk)
    assert "?q=" in as_user(lena).get(choose, headers=HTMX).text
    text = as_user(lena).get(f"{choose}?q=", headers=HTMX).text
    assert "These ask for a talk" in text
    assert "Overdue" in text


def test_the_agenda_is_changed_before_the_meeting(meeting, as_user, lena):
    browser = as_user(lena)
    room = reverse("runner:room", args=[meeting.pk])
    assert "Change it for this meeting" in browser.get(room).text
    prepare = reverse("runner:room_prepare", args=[meeting.pk])
    assert "Add a block" in browser.post(prepare, follow=True).text
    add = reverse("runner:block_add", args=[meeting.pk])
    data = {"kind": BlockKind.SKILL, "title": "Status round", "minutes": 5}
    answer = browser.post(add, data)
    assert answer.status_code == 422
    assert "pre-read" in answer.text
    browser.post(add, data | {"title": "Open questions"})
    assert "Open questions" in browser.get(room).text


def test_an_edit_in_two_tabs_is_a_conflict(meeting, as_user, lena):
    block = services.prepare(meeting).blocks.get(kind=BlockKind.BARRIERS)
    edit = reverse("runner:block_edit", args=[meeting.pk, block.pk])
    data = {"kind": block.kind, "title": "One", "minutes": 5, "version": 1}
    browser = as_user(lena)
    assert browser.post(edit, data).status_code == 302
    late = browser.post(edit, data | {"title": "Two"})
    assert late.status_code == 409
    assert re.findall(r"<td>(\w+)</td>", late.text) == ["One", "Two"]


def test_a_reload_goes_on_where_it_was(at_case, as_user, lena):
    text = as_user(lena).get(url("room", at_case)).text
    assert "Difficult case" in text
    assert "Brennecke" in text


def test_the_chair_goes_to_another_who_runs_it_then(run, case, as_user, lena, vera):
    hand = url("room_hand_over", run)
    assert as_user(lena).post(hand, {"to": vera.pk}).status_code == 302
    assert Meeting.objects.get(pk=run.meeting_id).runner == vera
    go = url("block_go", run, case.pk)
    assert as_user(vera).post(go, headers=HTMX).status_code == 200


def test_of_a_one_on_one_leaders_above_see_no_room(lena, rita, vera, max_, as_user):
    from tests.factories.meetings import MeetingFactory

    meeting = MeetingFactory(
        kind=MeetingKind.ONE_ON_ONE, team=None, person=rita, chair=lena
    )
    run = services.begin(meeting, by=lena, now=NOW)
    assert as_user(rita).get(url("room", run)).status_code == 200
    for person in (vera, max_):
        assert as_user(person).get(url("room", run)).status_code == 404
        page = reverse("meetings:meeting_detail", args=[meeting.pk])
        assert as_user(person).get(page).status_code == 200


def test_teams_below_know_of_a_meeting_and_read_nothing_of_it(
    team_meeting, sales, vera, lena, rita, max_, ada, as_user
):
    above = team_meeting(team=sales, chair=vera)
    run = services.begin(above, by=vera, now=NOW)
    case = run.blocks.get(kind=BlockKind.DIFFICULT_CASE)
    services.write_note(case, "Central is too small", by=vera, shown_version=1)
    services.finish(run, by=vera, now=minutes(30))
    pages = [reverse("runner:minutes", args=[above.pk])]
    pages += [reverse("runner:vote", args=[above.pk])]
    page = reverse("meetings:meeting_detail", args=[above.pk])
    for person in (vera, lena, max_, ada):
        assert "Central is too small" in as_user(person).get(pages[0]).text
        assert pages[0] in as_user(person).get(page).text
    browser = as_user(rita)
    assert [browser.get(each).status_code for each in pages] == [404, 404]
    assert not Block.objects.visible_to(rita).exists()
    text = browser.get(page).text
    assert not any(each in text for each in pages)


def test_the_queries_do_not_grow(run, as_user, lena, central, count_queries, before):
    from tests.factories.meetings import CommitmentFactory
    from tests.factories.people import UserFactory

    def fill(count):
        for _each in range(count):
            mate = UserFactory(team=central)
            for meeting in (before, run.meeting):
                CommitmentFactory(promiser=mate, receiver=lena, made_in=meeting)

    browser = as_user(lena)
    fill(1)
    few = count_queries(lambda: browser.get(url("room", run)))
    fill(10)
    assert count_queries(lambda: browser.get(url("room", run))) == few
    assert few <= 12


def test_a_promise_names_no_deal_to_a_chair_who_does_not_see_it(
    run, case, deal, lena, rita, central
):
    """The chair goes to a colleague while the meeting is at one of Rita's deals."""
    mate = UserFactory(name="Mona Moor", team=central)
    services.choose_case(case, deal, by=lena)
    services.go_to(case, by=lena, now=minutes(5))
    services.hand_over(run, to=mate, by=lena)
    made = services.promise(
        run, "Call them", promiser=rita, due_on=DUE, by=mate, now=NOW
    )
    assert made.receiver == mate
    assert (made.about, made.about_url) == ("", "")
    assert not deal.commitments.exists()
