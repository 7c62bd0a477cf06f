"""Who is meant by "@Rita" in a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pipeline.opportunities.models import Opportunity
from rhythm.people.models import User

# An @ inside a word is part of an e-mail address.
CALL = re.compile(r"(?<![\w@.])@(?=\w)")
WORD = re.compile(r"[\w'’-]+")
MOST = 20
SUGGESTED = 8


@dataclass
class Mentions:
    """Whom a text calls."""

    # By the name as it stands in the text.
    people: dict[str, User] = field(default_factory=dict)
    # What to say about names that mean nobody here, or more than one.
    problems: list[str] = field(default_factory=list)
    # The people of one name, to choose between.
    unclear: list[User] = field(default_factory=list)

    @property
    def called(self) -> list[str]:
        return list(self.people)

    @property
    def distinct(self) -> list[User]:
        """Return each person once, in the order of the text."""
        return list({each.pk: each for each in self.people.values()}.values())


def readers_of(opportunity: Opportunity) -> QuerySet[User]:
    """Return who may be called by @: whoever signs in and sees the deal."""
    return User.objects.who_see(opportunity.owner_id).able_to_sign_in()


def mentions_in(
    text: str,
    opportunity: Opportunity,
    picked: Collection[int] = (),
    known: Collection[int] = (),
) -> Mentions:
    """Return whom `text` calls among those who see the deal. At most two queries.

    A whole name wins over a first name. picked are the ids of people who were chosen
    from a list; they decide between people of the same name. Where none of them does,
    known does: the ids of people whom the text called before.
    """
    found = Mentions()
    places = [match.end() for match in CALL.finditer(text)]
    if not places:
        return found
    if len(places) > MOST:
        message = _("Call at most %(most)d people in one comment.")
        found.problems.append(message % {"most": MOST})
        return found
    firsts = {_first_word(text, at) for at in places}
    named = Q()
    for first in sorted(firsts):
        named |= Q(name__istartswith=first)
    people = list(User.objects.able_to_sign_in().filter(named).order_by("name", "pk"))
    readers = set(
        readers_of(opportunity)
        .filter(pk__in=[each.pk for each in people])
        .values_list("pk", flat=True)
    )
    for at in places:
        _settle(found, text, at, people, readers, (picked, known))
    return found


def _settle(
    found: Mentions,
    text: str,
    at: int,
    people: Sequence[User],
    readers: Collection[int],
    choices: Sequence[Collection[int]],
) -> None:
    name, meant = _meant(text, at, people)
    here = [each for each in meant if each.pk in readers]
    chosen = here
    for choice in choices:
        if len(chosen) > 1 and chosen is here:
            chosen = [each for each in here if each.pk in choice] or here
    if len(chosen) == 1:
        found.people[name] = chosen[0]
        return
    if here:
        whole = sorted({each.name for each in here})
        found.unclear += [each for each in here if each not in found.unclear]
        problem = _("Which “%(name)s” do you mean: %(people)s?")
        words = {"name": name, "people": ", ".join(whole)}
    elif meant:
        problem = _("%(name)s does not see this deal, and would not be told.")
        words = {"name": ", ".join(sorted({each.name for each in meant}))}
    else:
        problem = _("Nobody who sees this deal is called “%(name)s”.")
        words = {"name": name}
    if problem % words not in found.problems:
        found.problems.append(problem % words)


def _meant(text: str, at: int, people: Sequence[User]) -> tuple[str, list[User]]:
    """Return the name as it stands at `at`, and who is called so."""
    whole = [each for each in people if _stands(each.name, text, at)]
    if whole:
        longest = max(len(each.name) for each in whole)
        name = text[at : at + longest]
        return name, [each for each in whole if len(each.name) == longest]
    first = _first_word(text, at)
    wanted = first.casefold()
    return first, [
        each for each in people if _first_word(each.name, 0).casefold() == wanted
    ]


def _stands(name: str, text: str, at: int) -> bool:
    """Return whether the whole name stands in the text there."""
    end = at + len(name)
    is_there = text[at:end].casefold() == name.casefold()
    return is_there and not text[end : end + 1].isalnum()


def _first_word(text: str, at: int) -> str:
    match = WORD.match(text, at)
    return match.group().rstrip("'’-") if match else ""


def suggestions(opportunity: Opportunity, text: str) -> list[User]:
    """Return who may be called, by the beginning of a word of the name. One query.

    The owner of the deal first.
    """
    people = readers_of(opportunity)
    for word in text.split()[:4]:
        people = people.filter(
            Q(name__istartswith=word) | Q(name__icontains=f" {word}")
        )
    found = list(people.order_by("name", "pk")[: SUGGESTED * 2])
    found.sort(key=lambda each: each.pk != opportunity.owner_id)
    return found[:SUGGESTED]


def pieces(text: str, called: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it calls somebody."""
    if not called:
        return [(text, False)]
    names = "|".join(re.escape(each) for each in sorted(called, key=len, reverse=True))
    parts = re.split(rf"(@(?:{names})(?!\w))", text)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]
