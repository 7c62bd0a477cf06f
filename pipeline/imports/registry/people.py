"""People and teams: found by e-mail, id or name; made, without sign-in, where unknown.

Somebody who is in a team already stays there: the teams here are the ones that count.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pipeline.imports.answers import NEW, values_of
from pipeline.imports.models import NO_LINE, FileKind, ImportFile, RowAction
from pipeline.imports.registry.settling import Settling, parsed_rows
from pipeline.imports.rows.accounts import ADDRESS
from pipeline.imports.rows.layout import Parsed
from pipeline.imports.rows.people import read_person
from rhythm.people.models import Membership, Team, User

SAID_BY_ROWS = gettext_lazy("Named as an owner, and in no file of people")
SAID_AS_MANAGER = gettext_lazy("Named as a manager, and not as a person")


class _People:
    """Everybody here, by what a file may call them; and who is in which team."""

    def __init__(self, settling: Settling) -> None:
        self.settling = settling
        self.by_text: dict[str, User] = {}
        self.by_pk: dict[int, User] = {}
        for user in User.objects.active().order_by("-pk"):
            self.know(user)
        self._know_merged()
        present = Membership.objects.present()
        self.team_of = dict(present.values_list("user_id", "team__name"))

    def know(self, user: User) -> None:
        self.by_pk[user.pk] = user
        for text in (user.name, user.external_id, user.email):
            if text:
                self.by_text[text.strip().casefold()] = user

    def _know_merged(self) -> None:
        """Take what files call somebody for the person whom it turned out to be."""
        merged = User.objects.get_queryset().exclude(merged_into=None)
        for user in merged.order_by("-pk"):
            real = self.by_pk.get(user.merged_into_id or 0)
            if real is not None:
                self.by_pk[user.pk] = real
                for text in (user.name, user.external_id):
                    if text:
                        self.by_text.setdefault(text.strip().casefold(), real)

    def find(self, *texts: str | None) -> User | None:
        found = (self.by_text.get(text.strip().casefold()) for text in texts if text)
        return next(filter(None, found), None)

    def make(self, name: str, *, email: str | None, key: str, is_rep: bool) -> User:
        zone = str(self.settling.zone)
        more = {"external_id": key, "is_rep": is_rep, "time_zone": zone}
        if self.settling.is_dry:
            user = User(pk=next(self.settling.ids), name=name, email=email, **more)
        else:
            user = User.objects.create_user(email, name, None, **more)
        self.know(user)
        return user


class _Teams:
    """Teams by name below their parent, and by who leads them."""

    def __init__(self, settling: Settling, people: _People) -> None:
        self.settling = settling
        self.people = people
        self.by_name: dict[tuple[int | None, str], Team] = {}
        self.by_manager: dict[int, Team] = {}
        for team in Team.objects.order_by("-pk"):
            self.know(team)

    @property
    def today(self) -> date:
        return self.settling.now.astimezone(self.settling.zone).date()

    def know(self, team: Team) -> None:
        self.by_name[team.parent_id, team.name.casefold()] = team
        if team.manager_id:
            self.by_manager[team.manager_id] = team

    def region(self, name: str | None) -> Team | None:
        """Return the team of that name, one at the top first, made if need be."""
        if not name:
            return None
        anywhere = (
            team
            for (_region, known), team in self.by_name.items()
            if known == name.casefold()
        )
        return (
            self.by_name.get((None, name.casefold()))
            or next(anywhere, None)
            or self._make(name, None, None)
        )

    def led_by(self, manager: User, region: Team | None) -> Team:
        """Return the team that `manager` leads, made below `region` if need be."""
        found = self.by_manager.get(manager.pk)
        if found:
            return found
        team = self._make(
            (_("Team %(manager)s") % {"manager": manager.name})[:120], region, manager
        )
        if region and region.manager_id != manager.pk:
            self.join(manager, region)
        return team

    def _make(self, name: str, parent: Team | None, manager: User | None) -> Team:
        team = Team(name=name, parent=parent, manager=manager)
        if self.settling.is_dry:
            team.pk = next(self.settling.ids)
        else:
            team.save()
        self.know(team)
        return team

    def join(self, user: User, team: Team) -> str | None:
        """Put somebody without a team into this one; return the team that one is in."""
        if (present := self.people.team_of.get(user.pk)) is not None:
            return present
        self.people.team_of[user.pk] = team.name
        if not self.settling.is_dry:
            Membership.objects.create(user=user, team=team, since=self.today)
        return None


def settle_people(settling: Settling, owned: list[ImportFile]) -> dict[str, Any]:
    """Return `owners`: a row's text to id and name; and `owner`, for rows without."""
    people = _People(settling)
    teams = _Teams(settling, people)
    for file in settling.taken(FileKind.PEOPLE):
        _take_file(settling, people, teams, file)
    owners = _owners(settling, people, owned)
    stand_in = people.by_pk.get(settling.run.answers.get("owner") or 0)
    return {
        "owners": owners,
        "owner": [stand_in.pk, stand_in.name] if stand_in else None,
    }


def _take_file(
    settling: Settling, people: _People, teams: _Teams, file: ImportFile
) -> None:
    seen: dict[int, int] = {}
    places: list[tuple[User, Parsed, bool, list[dict[str, Any]]]] = []
    for parsed in parsed_rows(file, settling, read_person):
        if parsed.problems:
            settling.say(file, FileKind.PEOPLE, parsed, RowAction.REFUSE)
            continue
        values = parsed.values
        user = people.find(values["email"], parsed.key, values["name"])
        is_new = user is None
        if user is None:
            user = people.make(
                values["name"],
                email=values["email"],
                key=parsed.key or values["name"],
                is_rep=True,
            )
        if user.pk in seen:
            parsed.problems.append(
                _("The same person as in row %(row)s") % {"row": seen[user.pk]}
            )
            settling.say(file, FileKind.PEOPLE, parsed, RowAction.REFUSE)
            continue
        seen[user.pk] = parsed.line
        changes = [] if is_new else _take_email(settling, user, values["email"])
        places.append((user, parsed, is_new, changes))
    # Teams after people: a manager may stand further down in the file.
    for user, parsed, is_new, changes in places:
        changes.extend(_place(settling, people, teams, file, user, parsed))
        action = RowAction.CHANGE if changes else RowAction.SAME
        settling.say(
            file,
            FileKind.PEOPLE,
            parsed,
            RowAction.CREATE if is_new else action,
            target_id=user.pk,
            changes=[] if is_new else changes,
        )


def _take_email(
    settling: Settling, user: User, email: str | None
) -> list[dict[str, Any]]:
    """Give an e-mail address to somebody who has none; nobody's is changed."""
    if not email or user.email:
        return []
    user.email = email
    if not settling.is_dry:
        user.version += 1
        user.save(update_fields=["email", "version"])
    return [{"field": "email", "old": None, "new": email}]


def _place(
    settling: Settling,
    people: _People,
    teams: _Teams,
    file: ImportFile,
    user: User,
    parsed: Parsed,
) -> list[dict[str, Any]]:
    """Put a person into the team of the manager or region; return what changes."""
    manager = _manager(settling, people, file, parsed.values["manager"])
    region = teams.region(parsed.values["region"])
    if manager is not None and manager.pk != user.pk:
        team: Team | None = teams.led_by(manager, region)
    else:
        team = region
    if team is None or team.manager_id == user.pk:
        return []
    present = teams.join(user, team)
    if present is None:
        return [{"field": "team", "old": None, "new": team.name}]
    if present != team.name:
        parsed.notes.append(
            _("Is in %(team)s already, and stays there") % {"team": present}
        )
    return []


def _manager(
    settling: Settling, people: _People, file: ImportFile, name: str | None
) -> User | None:
    if not name:
        return None
    found = people.find(name)
    if found is None:
        found = people.make(name, email=None, key=name, is_rep=False)
        _say_made(settling, file, found, str(SAID_AS_MANAGER))
    return found


def _say_made(settling: Settling, file: ImportFile, user: User, why: str) -> None:
    """Tell of somebody whom no row of a file of people is about."""
    line = NO_LINE + len(settling.rows)
    parsed = Parsed(line, label=user.name, notes=[why])
    settling.say(file, FileKind.PEOPLE, parsed, RowAction.CREATE, target_id=user.pk)


def _owners(
    settling: Settling, people: _People, owned: list[ImportFile]
) -> dict[str, list[Any]]:
    answers = settling.run.answers.get("owners", {})
    found: dict[str, list[Any]] = {}
    for file in owned:
        for text in values_of([file], "owner") or {}:
            if text not in found and (user := _owner(people, text, answers.get(text))):
                found[text] = [user.pk, user.name]
            elif text not in found and answers.get(text) == NEW:
                user = _make_owner(people, text)
                found[text] = [user.pk, user.name]
                _say_made(settling, file, user, str(SAID_BY_ROWS))
    return found


def _owner(people: _People, text: str, answer: Any) -> User | None:
    if isinstance(answer, int):
        return people.by_pk.get(answer)
    return people.find(text) if answer == NEW else None


def _make_owner(people: _People, text: str) -> User:
    email = text if ADDRESS.fullmatch(text) else None
    name = text.split("@", maxsplit=1)[0].replace(".", " ").title() if email else text
    return people.make(name[:120], email=email, key=text[:255], is_rep=True)
