"""Mails about a comment: one to each person whom it concerns, never to its writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from pipeline.comments.models import Comment
from rhythm.notices.services import Draft
from rhythm.people.models import User

# The word for it in settings.NOTICE_GUARDS.
GUARD = "comment"


def about(
    comment: Comment,
    *,
    told: Sequence[User],
    asked: User | None = None,
    answered: User | None = None,
) -> Iterator[Draft]:
    """Yield a mail to each: who is asked, who is answered, and who is called by name.

    Who is asked or answered and called too gets one. comment has its deal and author.
    """
    done = {comment.author_id}
    for kind, people in (
        ("comments.question", [asked]),
        ("comments.answer", [answered]),
        ("comments.mention", told),
    ):
        for person in people:
            if person is not None and person.pk not in done:
                done.add(person.pk)
                yield _draft(kind, comment, person)


def _draft(kind: str, comment: Comment, person: User) -> Draft:
    deal = comment.opportunity
    words = {
        "who": comment.author.name,
        "deal": f"{deal.account}, {deal.name}" if deal.account else deal.name,
        "text": comment.text,
        "url": settings.APP_BASE_URL + comment.get_absolute_url(),
    }
    subject, text = {
        "comments.question": (
            _("%(who)s asks you about %(deal)s"),
            _("%(who)s asks:\n\n%(text)s\n\nAnswer here:\n%(url)s\n"),
        ),
        "comments.answer": (
            _("%(who)s answers you about %(deal)s"),
            _("%(who)s answers:\n\n%(text)s\n\n%(url)s\n"),
        ),
        "comments.mention": (
            _("%(who)s mentions you on %(deal)s"),
            _("%(who)s writes:\n\n%(text)s\n\n%(url)s\n"),
        ),
    }[kind]
    return Draft(
        kind=kind,
        key=f"comments:{comment.pk}:{person.pk}",
        recipient=person,
        subject=subject % words,
        text=text % words,
        guard=GUARD,
        guarded_id=comment.pk,
        url=comment.get_absolute_url(),
    )
