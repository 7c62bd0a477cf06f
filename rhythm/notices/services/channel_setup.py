"""Making and changing chat channels: by admins, and by managers for their teams."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from rhythm.notices import vault
from rhythm.notices.models import Channel, ChannelKind
from rhythm.notices.targets import Refused
from rhythm.people.access import require_editable
from rhythm.people.models import AuditKind, Team, User
from rhythm.people.services import audit
from rhythm.web.saving import check_and_save, save_once
from rhythm.web.versions import changed_fields, check_version


@transaction.atomic
def create_channel(
    *,
    name: str,
    kind: str,
    team: Team | None,
    occasions: Sequence[str],
    names_deals: bool,
    address: str,
    by: User,
    submission_key: UUID | None = None,
) -> Channel:
    """Return a new channel, or the one that the same form made before.

    One that a program reads has its secret from now on: see `secret_of`.

    Raises ValidationError if it is not for `by` to make, or the address is refused.
    """
    _require_team(team, by)
    _check_address(address)
    signs = kind == ChannelKind.JSON
    channel = Channel(
        name=name,
        kind=kind,
        team=team,
        occasions=list(occasions),
        names_deals=names_deals,
        locked_address=vault.lock(address),
        masked_address=vault.masked(address),
        locked_secret=vault.lock(vault.new_secret()) if signs else "",
        made_by=by,
        submission_key=submission_key,
    )
    channel, is_new = save_once(channel, submission_key, exclude=())
    if is_new:
        _record(channel, by, f"{_('made')}; {channel.masked_address}")
    return channel


@transaction.atomic
def edit_channel(
    channel: Channel,
    *,
    name: str,
    team: Team | None,
    occasions: Sequence[str],
    names_deals: bool,
    address: str,
    shown_version: int | None,
    by: User,
) -> Channel:
    """Change what a channel is told of, whose it is, or where it is.

    address "" keeps the one that it has.

    Raises Conflict, and ValidationError as `create_channel` does.
    """
    channel = _locked(channel, by)
    check_version(channel, shown_version)
    _require_team(team, by)
    values: dict[str, object] = {
        "name": name,
        "team": team,
        "occasions": list(occasions),
        "names_deals": names_deals,
    }
    if address:
        _check_address(address)
        values["masked_address"] = vault.masked(address)
    before = audit.values_of(channel, values)
    changed = changed_fields(channel, values)
    if address:
        # A new address begins with a clean sheet.
        channel.locked_address = vault.lock(address)
        channel.failures, channel.paused_until = 0, None
        changed += ["locked_address", "failures", "paused_until"]
    if not changed:
        return channel
    channel.version += 1
    check_and_save(channel, update_fields=[*changed, "version"])
    _record(channel, by, audit.changes(channel, before))
    return channel


@transaction.atomic
def renew_secret(channel: Channel, *, by: User) -> Channel:
    """Give the channel another secret. The one before signs as well until forgotten.

    Raises ValidationError if it has none, or two already.
    """
    channel = _locked(channel, by)
    if not channel.locked_secret:
        raise ValidationError(_("Only what a program reads is signed."), code="kind")
    if channel.locked_old_secret:
        text = _("There are two already. Forget the old one first.")
        raise ValidationError(text, code="two")
    channel.locked_old_secret = channel.locked_secret
    channel.locked_secret = vault.lock(vault.new_secret())
    channel.version += 1
    channel.save(update_fields=["locked_secret", "locked_old_secret", "version"])
    _record(channel, by, _("new secret"))
    return channel


@transaction.atomic
def forget_old_secret(channel: Channel, *, by: User) -> Channel:
    """Sign by the newer secret alone from now on."""
    channel = _locked(channel, by)
    if channel.locked_old_secret:
        channel.locked_old_secret = ""
        channel.version += 1
        channel.save(update_fields=["locked_old_secret", "version"])
        _record(channel, by, _("old secret forgotten"))
    return channel


@transaction.atomic
def switch(channel: Channel, *, on: bool, by: User) -> Channel:
    """Post to the channel again from now on, or no more."""
    channel = _locked(channel, by)
    channel.is_active = on
    channel.failures, channel.paused_until = 0, None
    channel.off_reason = ""
    channel.version += 1
    fields = ["is_active", "failures", "paused_until", "off_reason", "version"]
    channel.save(update_fields=fields)
    _record(channel, by, _("switched on") if on else _("switched off"))
    return channel


def secret_of(channel: Channel) -> str:
    """Return the secret in the open; "" where nothing is signed. To be shown once."""
    return vault.unlock(channel.locked_secret) if channel.locked_secret else ""


def _locked(channel: Channel, by: User) -> Channel:
    found = Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    require_editable(Channel.objects, by, channel.pk)
    return found


def _require_team(team: Team | None, by: User) -> None:
    """Refuse what is not for `by` to say: managers speak for the teams they lead."""
    if by.is_admin:
        return
    if team is None or not Team.objects.led_by(by).filter(pk=team.pk).exists():
        raise ValidationError({"team": _("Choose a team that you lead.")})


def _check_address(address: str) -> None:
    try:
        vault.check_address(address)
    except Refused as error:
        raise ValidationError({"address": _(str(error))}) from error


def _record(channel: Channel, by: User, text: str) -> None:
    audit.record(AuditKind.CHANNEL_CHANGED, by=by, subject=channel.name, text=text)
