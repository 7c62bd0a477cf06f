"""Where webhooks may go: addresses of odd forms, and networks that are not public."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from rhythm.environment import NamedHost
from rhythm.notices import safe_http, targets
from rhythm.notices.safe_http import post_json
from rhythm.notices.targets import Refused, parse, refusal
from tests.sinks import sink

BODY = b'{"text": "Hello"}'

# Addresses that are refused by their text alone, wherever they might lead.
FORMS = (
    "",
    "hook",
    "//example.com/",
    "/hook",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_FLUSHALL",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:///var/run/docker.sock",
    "https://",
    "https:///hook",
    "https://:443/",
    "https://example.com:22/",
    "https://example.com:80/",
    "https://example.com:6379/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:x/",
    "https://me@example.com/",
    "https://me:word@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com:443@127.0.0.1:443/",
    "https://@127.0.0.1/",
    "https://example.com/#part",
    "https://example.com#@127.0.0.1/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com\\.evil/",
    "https://example.com/ hook",
    "https://exa mple.com/",
    "https://example.com/\r\nHost: evil",
    "https://example.com/\thook",
    "https://\x00example.com/",
    "https://example.com/\x7f",
    "https://example.com/?a=<b>",
    "https://ⓔxample.com/",
    "https://127。0。0。1/",
    "https://１２７.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://017700000001/",
    "https://0/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://127.0.0.0x1/",
    "https://127.000.000.001/",
    "https://127.0.0.1./",
    "https://169.254.43518/",
    "https://256.256.256.256/",
    "https://1.2.3.4.5/",
    "https://localhost./",
    "https://.localhost/",
    "https://a..b/",
    "https://-a.com/",
    "https://a%2eb.com/",
    "https://127%2e0%2e0%2e1/",
    "https://[::1/",
    "https://[::1]x/",
    "https://[fe80::1%25eth0]/",
    "https://[v1.x]/",
    "https://" + "a" * 64 + ".com/",
    "https://" + ".".join(["a"] * 130) + "/",
    "https://example.com/" + "a" * 2000,
    "https://rhythm.example/",
)
# Addresses that a host may have, or be, and that nothing is sent to.
INTERNAL = (
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "169.254.169.254",
    "169.254.170.2",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2001:2::1",
    "3fff::1",
    "5f00::1",
    "100::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "no address",
)
PUBLIC = ("8.8.8.8", "140.82.121.3", "2606:4700::6810:84e5", "2a00:1450:4001::200e")


def to(*addresses: str) -> safe_http.Resolver:
    return lambda host, port: addresses


def here(port: int) -> tuple[NamedHost, ...]:
    return (NamedHost("localhost", port),)


def test_there_are_tricks_enough():
    assert len(FORMS) + len(INTERNAL) >= 100


@pytest.mark.parametrize("url", FORMS)
def test_an_address_of_an_odd_form_is_refused(url):
    with pytest.raises(Refused):
        parse(url, own_host="rhythm.example")


@pytest.mark.parametrize("address", INTERNAL)
def test_a_host_in_a_network_that_is_not_public_is_refused(address):
    with pytest.raises(Refused):
        post_json("https://example.com/", BODY, {}, resolve=to(address))


@pytest.mark.parametrize("address", [each for each in INTERNAL if " " not in each])
def test_an_address_written_as_the_host_is_refused_as_well(address):
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused):
        post_json(f"https://{host}/", BODY, {})


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_not(address):
    assert refusal(address) == ""


@pytest.mark.parametrize("address", INTERNAL)
def test_one_bad_address_among_good_ones_refuses_the_host(address):
    found = to("8.8.8.8", address, "2606:4700::6810:84e5")
    with pytest.raises(Refused):
        post_json("https://example.com/", BODY, {}, resolve=found)


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com",
        "https://hooks.example.com:8443/a/b?c=d&e=%2F",
        "https://xn--bcher-kva.example/",
        "https://8.8.8.8/",
        "https://[2606:4700::6810:84e5]/",
    ],
)
def test_a_plain_address_is_taken_apart(url):
    assert parse(url).is_tls


def test_a_host_that_is_named_may_be_in_this_network_and_without_tls():
    with sink() as server:
        answer = post_json(server.url, BODY, {"X-A": "b"}, named=here(server.port))

    assert (answer.status, answer.text) == (200, "ok")
    (request,) = server.requests
    assert request.line == "POST /hook?key=1 HTTP/1.1"
    assert request.body == BODY
    assert request.headers["host"] == f"localhost:{server.port}"
    assert request.headers["x-a"] == "b"


def test_only_the_named_port_is_open():
    with sink() as server, pytest.raises(Refused):
        post_json(server.url, BODY, {}, named=here(server.port + 1))

    assert server.connections == 0


def test_a_named_host_without_a_port_opens_the_usual_ones_alone():
    named = (NamedHost("chat.lan", None),)

    assert parse("http://chat.lan/", named=named).port == 80
    assert parse("https://chat.lan:8443/", named=named).is_named
    for url in ("http://chat.lan:22/", "http://a.chat.lan/", "http://chat.lan.evil/"):
        with pytest.raises(Refused):
            parse(url, named=named)


@pytest.mark.parametrize("address", ["169.254.169.254", "fd00:ec2::254", "0.0.0.0"])
def test_where_clouds_keep_keys_is_closed_to_named_hosts_too(address):
    named = (NamedHost("chat.lan", None),)
    with pytest.raises(Refused):
        post_json("http://chat.lan/", BODY, {}, named=named, resolve=to(address))


def test_this_machine_is_known_by_its_own_address():
    assert targets._is_own(ip_address("127.0.0.1"))
    assert not targets._is_own(ip_address("8.8.8.8"))
