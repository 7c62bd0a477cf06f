"""What people say about a deal, ask and answer, and who is told."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from pipeline.comments import services
from pipeline.comments.models import Comment, Question, QuestionState
from pipeline.comments.services.writing import Words
from pipeline.opportunities import services as deals
from rhythm.notices.models import Notice, NoticeState
from rhythm.notices.services import deliver
from rhythm.people.models import AuditEntry, User
from rhythm.web.versions import Conflict
from tests.factories.comments import CommentFactory
from tests.factories.people import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def say(deal, by, text, **more):
    return services.comment(deal, Words(text), by=by, now=timezone.now(), **more)


def answer(parent, by, text="Done", **more):
    more = {"answers": True, **more}
    return services.reply(parent, Words(text), by=by, now=timezone.now(), **more)


def told() -> set[tuple[str, str]]:
    rows = Notice.objects.values_list("kind", "recipient__name")
    return {(kind.partition(".")[2], name) for kind, name in rows}


@pytest.mark.parametrize("viewer", ["rita", "lena", "vera", "max_", "ada"])
def test_everybody_who_sees_the_deal_says_something(request, viewer, deal):
    by = request.getfixturevalue(viewer)

    made = say(deal, by, "Good")

    assert made in Comment.objects.visible_to(by)


@pytest.mark.parametrize("stranger", ["otto", "omar", "dora"])
def test_who_does_not_see_the_deal_neither_reads_nor_writes(request, stranger, deal):
    by = request.getfixturevalue(stranger)
    there = CommentFactory(opportunity=deal)

    with pytest.raises(Http404):
        say(deal, by, "Good")
    with pytest.raises(Http404):
        answer(there, by)
    assert not Comment.objects.visible_to(by).exists()


def test_the_owner_is_asked_and_answers(deal, max_, rita):
    asked = say(deal, max_, "Why is it late?", asks=True)
    assert list(Question.objects.to_answer(rita)) == [asked.question]
    assert list(Question.objects.waiting(max_)) == [asked.question]

    made = answer(asked, rita, "They moved the board meeting.")

    question = Question.objects.get()
    assert (question.state, question.answer) == (QuestionState.ANSWERED, made)
    assert not Question.objects.to_answer(rita).exists()
    assert not Question.objects.waiting(max_).exists()
    assert told() == {("question", "Rita Reyes"), ("answer", "Max Mori")}


def test_a_reply_that_is_no_answer_leaves_the_question_open(deal, max_, rita):
    asked = say(deal, max_, "Why is it late?", asks=True)

    answer(asked, rita, "I shall find out.", answers=False)

    assert Question.objects.to_answer(rita).exists()


def test_the_first_who_is_called_is_asked(deal, max_, lena, vera, rita):
    say(deal, max_, "@Lena, and @Vera Voss: is the price right?", asks=True)

    assert Question.objects.to_answer(lena).exists()
    assert not Question.objects.to_answer(rita).exists()
    assert told() == {("question", "Lena Lang"), ("mention", "Vera Voss")}


def test_the_owner_has_to_say_whom_they_ask(deal, rita):
    with pytest.raises(ValidationError) as refused:
        say(deal, rita, "Is the price right?", asks=True)

    assert "asks" in refused.value.message_dict


def test_nobody_is_told_of_their_own_words(deal, rita):
    say(deal, rita, "Note to @Rita Reyes")

    assert told() == set()


def test_a_whole_name_wins_over_a_first_name(deal, max_, lena, central):
    UserFactory(name="Lena Langbein", team=central, is_executive=True)

    made = say(deal, max_, "@Lena Lang: look")

    assert list(made.mentioned.all()) == [lena]
    assert made.called == ["Lena Lang"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@Otto look", "Otto Olsen does not see this deal"),
        ("@otto olsen, look", "Otto Olsen does not see this deal"),
        ("@Nobody look", "Nobody who sees this deal is called “Nobody”"),
    ],
)
def test_who_cannot_see_the_deal_cannot_be_called(deal, max_, otto, text, words):
    with pytest.raises(ValidationError, match=words):
        say(deal, max_, text)

    made = services.comment(
        deal, Words(text, as_written=True), by=max_, now=timezone.now()
    )
    assert made.text == text
    assert told() == set()


def test_an_address_calls_nobody(deal, max_, rita):
    say(deal, max_, "Write to anna@rita.example")

    assert told() == set()


def test_namesakes_are_chosen_between(deal, max_):
    one, two = (
        UserFactory(name="Anna Berg", email=f"a{n}@example.com", is_executive=True)
        for n in (1, 2)
    )
    with pytest.raises(ValidationError, match="Which “Anna” do you mean"):
        say(deal, max_, "@Anna: look")

    words = Words("@Anna Berg: look", picked=[two.pk])
    made = services.comment(deal, words, by=max_, now=timezone.now())

    assert list(made.mentioned.all()) == [two]
    assert one not in made.mentioned.all()


def test_one_form_sent_twice_says_it_once(deal, max_, rita):
    key = uuid4()
    first = say(deal, max_, "Why?", asks=True, submission_key=key)
    again = say(deal, max_, "Why?", asks=True, submission_key=key)

    assert first == again
    assert Comment.objects.count() == Question.objects.count() == 1
    assert Notice.objects.count() == 1


def test_one_reply_sent_twice_answers_once(deal, max_, rita):
    asked, key = say(deal, max_, "Why?", asks=True), uuid4()

    assert answer(asked, rita, submission_key=key) == answer(
        asked, rita, submission_key=key
    )
    assert Comment.objects.exclude(parent=None).count() == 1


def test_the_question_follows_the_deal_to_its_new_owner(deal, max_, rita, lena):
    say(deal, max_, "Why is it late?", asks=True)

    deals.assign(deal, to=lena, by=lena)

    assert not Question.objects.to_answer(rita).exists()
    assert Question.objects.to_answer(lena).exists()


def test_a_question_to_somebody_who_left_is_with_the_owner(deal, max_, rita, lena):
    say(deal, max_, "@Lena: why?", asks=True)
    assert not Question.objects.to_answer(rita).exists()

    User.objects.filter(pk=lena.pk).update(is_active=False)

    assert Question.objects.to_answer(rita).exists()


def test_a_question_to_somebody_who_sees_it_no_more_is_with_the_owner(
    deal, max_, rita, lena, central, omar
):
    say(deal, max_, "@Lena: why?", asks=True)

    central.manager = omar
    central.save()

    assert Question.objects.to_answer(rita).exists()
    assert not Question.objects.to_answer(lena).exists()


def test_who_leads_an_owner_without_sign_in_answers(deal, max_, rita, lena, otto):
    say(deal, max_, "Why?", asks=True)
    User.objects.filter(pk=rita.pk).update(email=None)

    assert Question.objects.to_answer(lena).exists()
    assert not Question.objects.to_answer(otto).exists()


def test_the_asker_closes_the_question_and_opens_it_again(deal, max_, rita, now):
    question = say(deal, max_, "Why?", asks=True).question
    with pytest.raises(PermissionDenied):
        services.close(question, QuestionState.WITHDRAWN, by=rita, now=now)

    services.close(question, QuestionState.ELSEWHERE, by=max_, now=now)
    assert not Question.objects.open().exists()

    services.reopen(question, by=max_)
    assert Question.objects.open().exists()


def test_an_answered_question_is_not_closed_otherwise(deal, max_, rita, now):
    asked = say(deal, max_, "Why?", asks=True)
    answer(asked, rita)

    with pytest.raises(ValidationError, match="settled meanwhile"):
        services.close(asked.question, QuestionState.WITHDRAWN, by=max_, now=now)
    with pytest.raises(ValidationError, match="was answered"):
        services.reopen(asked.question, by=max_)


def test_own_words_are_edited_and_who_is_new_in_them_is_told(deal, max_, lena, vera):
    made = say(deal, max_, "@Lena: look")
    Notice.objects.all().delete()

    made = services.edit(
        made,
        Words("@Lena Lang and @Vera: look"),
        by=max_,
        now=timezone.now(),
        shown_version=made.version,
    )

    assert made.edited_at
    assert told() == {("mention", "Vera Voss")}
    with pytest.raises(Conflict):
        services.edit(made, Words("Old"), by=max_, now=timezone.now(), shown_version=1)


@pytest.mark.parametrize("other", ["rita", "lena", "ada"])
def test_nobody_edits_the_words_of_others(request, other, deal, max_):
    made = say(deal, max_, "Good")

    with pytest.raises(PermissionDenied):
        services.edit(
            made, Words("Bad"), by=request.getfixturevalue(other), now=timezone.now()
        )


def test_removing_an_answer_opens_the_question_again(deal, max_, rita, now):
    asked = say(deal, max_, "Why?", asks=True)
    made = answer(asked, rita)

    services.remove(made, by=rita, now=now)
    assert Question.objects.to_answer(rita).exists()

    services.put_back(made, by=rita, now=now)
    assert Question.objects.get().answer == made


def test_a_removed_question_is_asked_no_more_and_its_answer_stays(
    deal, max_, rita, now
):
    asked = say(deal, max_, "Why?", asks=True)
    reply = answer(asked, rita, answers=False)

    services.remove(asked, by=max_, now=now)

    assert not Question.objects.to_answer(rita).exists()
    assert Comment.objects.get(pk=reply.pk).removed_at is None


def test_an_admin_removes_words_of_others_with_an_audit_entry(deal, max_, ada, now):
    made = say(deal, max_, "A secret")

    services.remove(made, by=ada, now=now)

    entry = AuditEntry.objects.get(kind="comment_removed")
    assert (entry.by, entry.about, entry.subject) == (ada, max_, "Line 2")
    assert "secret" not in entry.text
    with pytest.raises(PermissionDenied):
        services.put_back(made, by=max_, now=now)


def test_others_remove_nothing(deal, max_, rita, now):
    made = say(deal, max_, "Good")

    with pytest.raises(PermissionDenied):
        services.remove(made, by=rita, now=now)


def test_a_mail_never_goes_to_who_does_not_see_the_deal_any_more(
    deal, max_, rita, lena, otto, omar, ada, settings
):
    settings.HAS_MAIL_SERVER = True
    say(deal, max_, "Why?", asks=True)
    deals.assign(deal, to=otto, by=ada)

    notice = Notice.objects.get()
    assert not deliver(notice.pk, now=timezone.now())

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert notice.error == "It is not for this person any more."


def test_a_mail_about_removed_words_does_not_go_out(deal, max_, rita, settings, now):
    settings.HAS_MAIL_SERVER = True
    made = say(deal, max_, "Why?", asks=True)
    services.remove(made, by=max_, now=now)

    assert not deliver(Notice.objects.get().pk, now=timezone.now())


def test_a_mail_goes_to_who_still_sees_it(deal, max_, rita, settings, mailoutbox):
    settings.HAS_MAIL_SERVER = True
    asked = say(deal, max_, "Why is it late?", asks=True)

    assert deliver(Notice.objects.get().pk, now=timezone.now())

    [mail] = mailoutbox
    assert mail.subject == "Max Mori asks you about Brennecke Logistics, Line 2"
    assert "Why is it late?" in mail.body
    assert asked.get_absolute_url() in mail.body


def test_history_keeps_what_was_said_before(deal, max_):
    made = say(deal, max_, "Good")
    services.edit(made, Words("Better"), by=max_, now=timezone.now())

    assert [each.text for each in made.events.all()] == ["Good"]


def test_who_sees_a_persons_work_is_visibility_the_other_way(
    rita, lena, vera, otto, omar, max_, ada, dora, central
):
    people = [rita, lena, vera, otto, omar, max_, ada, dora]
    for person in people:
        expected = {
            each.pk
            for each in people
            if User.objects.visible_to(each).filter(pk=person.pk).exists()
        }
        assert set(User.objects.who_see(person.pk).values_list("pk", flat=True)) == (
            expected
        ), person
