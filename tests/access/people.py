from rhythm.people import services
from rhythm.people.tokens import first_admin_token
from tests.access import World, row
from tests.factories.people import TeamFactory, UserFactory


def ritas(world: World) -> list[int]:
    return [world.rita.pk]


def doras(world: World) -> list[int]:
    return [world.dora.pk]


def centrals(world: World) -> list[int]:
    return [world.central.pk]


def person(world: World) -> dict[str, object]:
    return {
        "name": "Rita Reyes",
        "email": "rita@example.com",
        "team": world.central.pk,
        "time_zone": "Europe/Berlin",
        "version": world.rita.version,
    }


def ninas_invitation(world: World) -> list[str]:
    from django.utils import timezone

    nina = UserFactory(name="Nina New")
    link = services.invite(nina, by=world.ada, now=timezone.now())
    return [link.rstrip("/").rpartition("/")[2]]


SEES_RITA = {"owner": 200, "lead": 200, "peer": 404, "above": 200, "executive": 200}
CHANGES_RITA = {"owner": 403, "lead": 403, "peer": 404, "above": 403, "executive": 403}
# A deactivated person is seen by those who lead the team, but not by colleagues.
CHANGES_DORA = {"owner": 404, "lead": 403, "peer": 404, "above": 403, "executive": 403}

ROWS = [
    row("people:person_list", everybody=200),
    row("people:person_detail", args=ritas, **SEES_RITA, admin=200),
    row("people:person_edit", args=ritas, **CHANGES_RITA, admin=200),
    row(
        "people:person_edit", "post", args=ritas, data=person, **CHANGES_RITA, admin=302
    ),
    row(
        "people:person_edit",
        "post",
        args=ritas,
        data={"name": ""},
        **CHANGES_RITA,
        admin=422,
    ),
    row("people:person_reactivate", "post", args=doras, **CHANGES_DORA, admin=302),
    row("people:invitation_withdraw", "post", args=ritas, admins=302),
    row("people:profile", everybody=200),
    row("people:profile", "post", data={"name": ""}, everybody=422),
    row("people:theme", "post", data={"theme": "dark"}, everybody=204),
    row("people:devices_end", "post", everybody=302),
    row("people:team_list", everybody=200),
    row("people:team_detail", args=centrals, everybody=200),
    row("people:team_create", admins=200),
    row("people:team_create", "post", data={"name": "North"}, admins=302),
    row("people:team_edit", args=centrals, admins=200),
    row(
        "people:team_edit",
        "post",
        args=centrals,
        data={"name": "Mid", "version": 1},
        admins=302,
    ),
    row("people:team_delete", "post", args=centrals, data={"version": 1}, admins=422),
    row(
        "people:team_delete",
        "post",
        args=lambda world: [TeamFactory(name="Empty").pk],
        data={"version": 1},
        admins=302,
    ),
    row("people:audit_list", admins=200),
    row("people:audit_export", "post", admins=200),
    row("people:invitation_accept", args=["unknown"], public=404),
    row("people:invitation_accept", args=ninas_invitation, public=200),
    row(
        "people:invitation_accept",
        "post",
        args=ninas_invitation,
        data={"password": "a quiet river 7"},
        public=302,
    ),
    # The organisation has an admin.
    row("people:first_admin", args=lambda world: [first_admin_token()], public=404),
]
