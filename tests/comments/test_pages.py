"""The talk about a deal, with htmx and without."""

import json
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from pipeline.comments import services
from pipeline.comments.models import Comment, Question, QuestionState
from pipeline.comments.selectors.mentions import pieces
from pipeline.comments.services.writing import Words
from rhythm.people.models import User
from tests.factories.comments import CommentFactory, QuestionFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def thread(deal) -> str:
    return reverse("comments:thread", args=[deal.pk])


def create(deal) -> str:
    return reverse("comments:comment_create", args=[deal.pk])


def ask(deal, by, text="Why is it late?"):
    words, now = Words(text), timezone.now()
    return services.comment(deal, words, by=by, now=now, asks=True)


def test_an_executive_asks_and_the_owner_answers_without_a_script(
    deal, max_, rita, as_user
):
    asker, owner = as_user(max_), as_user(rita)
    data = {"text": "Why is it late?", "asks": "on"}
    assert asker.post(create(deal), data).url == thread(deal)
    assert "Why is it late?" in owner.get(reverse("comments:question_list")).text

    asked = Comment.objects.get()
    url = reverse("comments:reply_create", args=[asked.pk])
    assert owner.get(url).context["form"]["answers"].value() is True
    answered = owner.post(url, {"text": "The board meets later.", "answers": "on"})

    assert answered.url == Comment.objects.get(parent=asked).get_absolute_url()
    page = asker.get(answered.url.partition("#")[0]).text
    assert "Answered by Rita Reyes" in page
    assert "The board meets later." in page


def test_a_saved_comment_empties_the_form_and_loads_the_list_again(deal, rita, as_user):
    answer = as_user(rita).post(create(deal), {"text": "Good"}, headers=HTMX)

    assert answer.status_code == 200
    assert "Good" not in answer.text
    assert "comments:changed" in json.loads(answer["HX-Trigger"])


def test_the_list_brings_the_open_questions_to_the_top_of_the_deal(
    deal, max_, rita, as_user
):
    ask(deal, max_)
    url = reverse("comments:comment_list", args=[deal.pk])

    answer = as_user(rita).get(url, headers=HTMX).text

    assert '<div id="deal-questions" hx-swap-oob="true">' in answer
    assert "Max Mori asks Rita Reyes, today" in answer


def test_a_name_nobody_has_loses_nothing_and_can_stay(deal, max_, as_user):
    browser, data = as_user(max_), {"text": "Ask @Nobody about it"}

    refused = browser.post(create(deal), data, headers=HTMX)

    assert refused.status_code == 422
    assert "Ask @Nobody about it" in refused.text
    assert "Nobody who sees this deal is called “Nobody”" in refused.text
    assert browser.post(create(deal), {**data, "as_written": "on"}).status_code == 302


def test_who_cannot_see_the_deal_is_named_as_such(deal, max_, otto, as_user):
    refused = as_user(max_).post(create(deal), {"text": "@Otto Olsen look"})

    assert refused.status_code == 422
    assert "Otto Olsen does not see this deal" in refused.text
    assert not Comment.objects.exists()


def test_namesakes_are_offered_to_tick(deal, max_, as_user):
    namesakes = [
        UserFactory(name="Anna Berg", email=f"a{n}@example.com", is_executive=True)
        for n in (1, 2)
    ]
    browser, data = as_user(max_), {"text": "@Anna Berg: look"}

    refused = browser.post(create(deal), data)

    for each in namesakes:
        assert f'name="picked" value="{each.pk}"' in refused.text
    browser.post(create(deal), {**data, "picked": namesakes[1].pk})
    assert list(Comment.objects.get().mentioned.all()) == [namesakes[1]]


@pytest.fixture
def sams():
    """Two people of one name."""
    return [
        UserFactory(name="Sam Lee", email=f"sam{n}@example.com", is_executive=True)
        for n in (1, 2)
    ]


def test_a_wrongly_ticked_namesake_can_be_taken_back(deal, max_, sams, as_user):
    picked = [each.pk for each in sams]
    data = {"text": "@Sam Lee: look", "picked": picked}

    refused = as_user(max_).post(create(deal), data)

    for each in picked:
        assert f'type="checkbox" name="picked" value="{each}" checked' in refused.text
    assert 'type="hidden" name="picked"' not in refused.text


def test_an_edit_calls_the_other_namesake_and_keeps_whom_it_called(
    deal, max_, sams, as_user
):
    browser = as_user(max_)
    browser.post(create(deal), {"text": "@Sam Lee: look", "picked": sams[0].pk})
    said = Comment.objects.get()
    url = reverse("comments:comment_edit", args=[said.pk])
    assert 'name="picked"' not in browser.get(url).text

    browser.post(url, {"text": "@Sam Lee: look here", "version": 1})
    assert list(said.mentioned.all()) == [sams[0]]

    data = {"text": "@Sam Lee: look here", "version": 2, "picked": sams[1].pk}
    assert browser.post(url, data).status_code == 302
    assert list(said.mentioned.all()) == [sams[1]]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["Rita Reyes", "Ada Abel", "Lena Lang", "Max Mori", "Vera Voss"]),
        ("le", ["Lena Lang"]),
        ("LANG", ["Lena Lang"]),
        ("lena la", ["Lena Lang"]),
        ("otto", []),
        ("ang", []),
    ],
)
def test_who_sees_the_deal_is_offered_while_typing(
    deal, lena, vera, max_, ada, otto, dora, as_user, typed, offered
):
    url = reverse("comments:mention_options", args=[deal.pk])

    answer = as_user(lena).get(url, {"called": typed}, headers=HTMX)

    assert [each.name for each in answer.context["people"]] == offered


def test_text_is_text_and_links_are_links(deal, rita, as_user):
    text = "<b>Bold</b>\nhttps://example.com/?a=1&b=2 javascript:alert(1)"
    CommentFactory(opportunity=deal, author=rita, text=text)

    page = as_user(rita).get(thread(deal)).text

    assert "&lt;b&gt;Bold&lt;/b&gt;\n" in page
    assert '<a href="https://example.com/?a=1&amp;b=2" rel="nofollow">' in page
    assert 'href="javascript' not in page


def test_of_a_removed_comment_nobody_reads_a_word(deal, rita, lena, ada, as_user):
    said = CommentFactory(opportunity=deal, author=rita, text="A secret")
    reply = CommentFactory(opportunity=deal, author=lena, parent=said, text="Fine")
    removed = as_user(rita).post(
        reverse("comments:comment_remove", args=[said.pk]), headers=HTMX
    )
    assert removed.status_code == 204

    for person in (rita, lena, ada):
        for url in (thread(deal), said.get_absolute_url().partition("#")[0]):
            page = as_user(person).get(url).text
            assert "A secret" not in page
            assert "Removed by its writer" in page
            assert reply.text in page


def test_two_edits_at_once_show_both(deal, rita, as_user):
    said = CommentFactory(opportunity=deal, author=rita, text="Good", version=2)
    url = reverse("comments:comment_edit", args=[said.pk])

    conflict = as_user(rita).post(url, {"text": "Better", "version": 1})

    assert conflict.status_code == 409
    assert "<td>Good</td><td>Better</td>" in conflict.text
    assert 'name="version" value="2"' in conflict.text


def test_an_edited_comment_says_so(deal, rita, as_user):
    said = CommentFactory(opportunity=deal, author=rita, text="Good")
    url = reverse("comments:comment_edit", args=[said.pk])

    as_user(rita).post(url, {"text": "Better", "version": 1})

    assert "· edited" in as_user(rita).get(thread(deal)).text


def test_the_asker_closes_a_question_and_takes_that_back(deal, max_, as_user):
    asked, browser = ask(deal, max_), as_user(max_)
    url = reverse("comments:close", args=[asked.pk])

    browser.post(url, {"how": "elsewhere"})
    assert Question.objects.get().state == QuestionState.ELSEWHERE

    browser.post(reverse("comments:reopen", args=[asked.pk]))
    assert Question.objects.get().is_open


def test_who_leads_an_absent_asker_is_offered_to_close(
    deal, max_, rita, lena, otto, as_user
):
    ask(deal, rita, "@Max Mori: why is it late?")
    User.objects.filter(pk=rita.pk).update(is_active=False)

    def offers(person):
        found = as_user(person).get(thread(deal)).context["thread"]
        return found.open[0].may_close, found.rows[0].question.may_close

    assert offers(lena) == (True, True)
    assert offers(max_) == (False, False)


def test_who_leads_an_absent_owner_is_offered_to_answer(
    deal, max_, rita, lena, as_user
):
    ask(deal, max_)
    User.objects.filter(pk=rita.pk).update(email=None)
    browser = as_user(lena)

    for url in (thread(deal), reverse("comments:question_list")):
        assert "Answer Max Mori about Line 2" in browser.get(url).text


def test_the_talk_names_the_same_answerer_as_the_list(
    deal, max_, rita, lena, omar, central, as_user
):
    ask(deal, max_, "@Lena: why?")
    central.manager = omar
    central.save()

    found = as_user(max_).get(thread(deal)).context["thread"]

    assert found.open[0].whom == "Rita Reyes"
    assert found.rows[0].question.words == "Asks Rita Reyes"


def test_a_question_that_was_answered_meanwhile_is_not_closed(
    deal, max_, rita, as_user
):
    asked = ask(deal, max_)
    services.reply(asked, Words("Done"), by=rita, now=timezone.now(), answers=True)

    url = reverse("comments:close", args=[asked.pk])
    refused = as_user(max_).post(url, {"how": "withdrawn"}, headers=HTMX)

    assert refused.status_code == 422
    assert "settled meanwhile" in refused.text


@pytest.mark.parametrize(
    ("page", "person"),
    [("homes:week", "rita"), ("homes:team_week", "lena"), ("homes:scorecard", "max_")],
)
def test_first_pages_load_the_questions(page, person, request, as_user, central):
    browser = as_user(request.getfixturevalue(person))

    assert reverse("comments:question_list") in browser.get(reverse(page)).text


def test_first_pages_tell_what_to_answer_and_what_to_wait_for(
    deal, max_, rita, lena, as_user
):
    ask(deal, max_, "Why is it late?")
    ask(deal, rita, "@Lena: may I give a discount?")
    url = reverse("comments:question_list")

    ritas = as_user(rita).get(url, headers=HTMX)
    maxs = as_user(max_).get(url, headers=HTMX)

    def texts(which):
        return ["".join(text for text, _ in row.pieces) for row in which.rows]

    assert texts(ritas.context["to_answer"]) == ["Why is it late?"]
    assert texts(ritas.context["waiting"]) == ["@Lena: may I give a discount?"]
    assert texts(maxs.context["to_answer"]) == []
    assert texts(maxs.context["waiting"]) == ["Why is it late?"]


def test_who_has_nothing_open_sees_nothing_there(rita, as_user):
    answer = as_user(rita).get(reverse("comments:question_list"), headers=HTMX)

    assert not answer.text.strip()


def test_the_talk_is_paged_by_key(deal, rita, as_user):
    for number in range(20):
        CommentFactory(opportunity=deal, author=rita, text=f"Number {number}.")
    browser = as_user(rita)

    first = browser.get(thread(deal))
    second = browser.get(thread(deal), {"before": first.context["thread"].before})

    assert [len(each.context["thread"].rows) for each in (first, second)] == [15, 5]
    assert "Number 19." in first.text
    assert "Number 0." in second.text


def test_only_the_latest_replies_stand_below_and_all_on_their_page(deal, rita, as_user):
    said = CommentFactory(opportunity=deal, author=rita)
    for number in range(9):
        CommentFactory(opportunity=deal, author=rita, parent=said, text=f"Re {number}.")
    browser = as_user(rita)

    page = browser.get(thread(deal)).text
    assert "3 earlier replies" in page
    assert "Re 8." in page
    assert "Re 2." not in page
    assert "Re 0." in browser.get(said.get_absolute_url().partition("#")[0]).text


def test_queries_do_not_grow_with_the_talk(deal, max_, rita, as_user, count_queries):
    browser = as_user(rita)

    def talk(count):
        for _ in range(count):
            question = QuestionFactory(comment__opportunity=deal, comment__author=max_)
            CommentFactory(opportunity=deal, author=rita, parent=question.comment)

    def cost():
        return [
            count_queries(partial(browser.get, address, headers=headers))
            for address in (thread(deal), reverse("comments:question_list"))
            for headers in ({}, HTMX)
        ]

    talk(1)
    few = cost()
    talk(10)
    assert cost() == few
    assert max(few[::2]) <= 12
    assert max(few[1::2]) <= 8


def test_pieces_mark_only_whole_names():
    found = pieces("@Rita and @Ritas, @Rita Reyes", ["Rita", "Rita Reyes"])

    assert [text for text, is_call in found if is_call] == ["@Rita", "@Rita Reyes"]
    assert "".join(text for text, _ in found) == "@Rita and @Ritas, @Rita Reyes"


@pytest.mark.parametrize("sent", ["x", "", "-1", "9" * 40])
def test_odd_places_and_ids_are_harmless(deal, rita, as_user, sent):
    browser = as_user(rita)
    questions = reverse("comments:question_list")

    assert browser.get(thread(deal), {"before": sent}).status_code == 200
    assert browser.get(questions, {"after": sent, "view": sent}).status_code == 200
    data = {"text": "Good", "picked": sent, "submission_key": sent}
    assert browser.post(create(deal), data).status_code in (302, 422)
