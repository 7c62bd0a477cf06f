"""Where may be sent to: addresses judged by their text, and by where they lead.

Whoever types an address must not make this server talk to itself, to its neighbours or
to the cloud's own services.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

from rhythm.environment import NamedHost
from rhythm.web.words import _

LONGEST_URL = 2000
PORTS = (443, 8443)
# A host that the operator named may be asked without TLS as well.
NAMED_PORTS = (80, *PORTS)

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Beyond what `is_global` leaves out: addresses that carry another one inside, and
# those that are special in a cloud.
DENIED = tuple(
    map(
        ipaddress.ip_network,
        (
            "64:ff9b::/96",  # NAT64
            "64:ff9b:1::/48",  # NAT64, local
            "2002::/16",  # 6to4
            "2001::/32",  # Teredo
            "::/96",  # IPv4-compatible
            "::ffff:0:0:0/96",  # IPv4-translated
            "fec0::/10",  # site-local
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
            "192.88.99.0/24",  # 6to4 relays
            "168.63.129.16/32",  # Azure's own services, on a public address
        ),
    )
)
# Not even for a host that the operator named: where clouds keep their keys.
NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "fe80::/10",
            "fd00:ec2::/32",
            "::/128",
        ),
    )
)
LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
# Read as a number by some programs, whatever comes before it.
NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")


class Refused(Exception):
    """The address is not one to send to. Nothing was sent, nor ever will be."""


@dataclass(frozen=True)
class Target:
    """An address, taken apart and found to be of the right form."""

    host: str
    port: int
    path: str
    is_tls: bool
    # The operator named it: it may be in a private network.
    is_named: bool

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.is_tls else 80
        return host if self.port == usual else f"{host}:{self.port}"


def parse(url: str, *, named: Collection[NamedHost] = (), own_host: str = "") -> Target:
    """Return the parts of an address that may be sent to, judged by its text alone.

    named are the hosts that the operator allows wherever they are; own_host is where
    this product answers. Raises Refused with the reason.
    """
    if len(url) > LONGEST_URL:
        raise Refused(_("The address is too long."))
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\<>\"^`{|}]", url):
        raise Refused(_("The address has characters that no address has."))
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(_("That is not an address.")) from error
    if parts.scheme not in ("https", "http") or not host:
        raise Refused(_("The address must begin with https://."))
    if "@" in parts.netloc:
        raise Refused(_("The address must not hold a name or password."))
    if "#" in url:
        raise Refused(_("The address must not have a part after #."))
    plain = f"[{host}]" if ":" in host else host
    if parts.netloc.lower() not in (plain, f"{plain}:{port}"):
        raise Refused(_("That is not an address."))
    _check_host(host)
    return _allowed(parts, host, port, named, own_host)


def _allowed(
    parts: SplitResult,
    host: str,
    port: int | None,
    named: Collection[NamedHost],
    own_host: str,
) -> Target:
    is_tls = parts.scheme == "https"
    wanted = (443 if is_tls else 80) if port is None else port
    is_named = any(
        each.name == host
        and (wanted == each.port if each.port else wanted in NAMED_PORTS)
        for each in named
    )
    if not is_named:
        if host == own_host:
            raise Refused(
                _(
                    "That is this product's own host. Whoever runs the server can "
                    "allow a port of it in RHYTHM_WEBHOOK_HOSTS."
                )
            )
        if not is_tls:
            raise Refused(_("The address must begin with https://."))
        if wanted not in PORTS:
            raise Refused(_("Only the ports 443 and 8443 are sent to."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, wanted, path, is_tls, is_named)


def _check_host(host: str) -> None:
    """Refuse what is neither a name nor an address in its plain form."""
    if literal(host):
        return
    labels = host.split(".")
    if NUMBER.match(labels[-1]) or not all(map(LABEL.match, labels)) or len(host) > 253:
        raise Refused(_("That is no host's name."))


def literal(host: str) -> Address | None:
    """Return the address that `host` is, or None for a name and for odd numbers."""
    try:
        return None if "%" in host else ipaddress.ip_address(host)
    except ValueError:
        return None


def refusal(text: str, *, is_named: bool = False) -> str:
    """Return why nothing is sent to the address `text`, a sentence; "" if it may be."""
    address = literal(text)
    if address is None:
        return _("It is no plain address.")
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if _within(address, NEVER) or address.is_multicast:
        return _("It is never sent to.")
    if is_named:
        return ""
    if _within(address, DENIED) or not address.is_global or address.is_reserved:
        return _("It is in a private or special network.")
    if _is_own(address):
        return _("It is this machine.")
    return ""


def _within(address: Address, networks: tuple[Any, ...]) -> bool:
    return any(address.version == each.version and address in each for each in networks)


def _is_own(address: Address) -> bool:
    """Return whether this machine has the address: only then it can be bound."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
