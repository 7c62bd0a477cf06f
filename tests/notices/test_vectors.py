"""What the documentation says of signatures is what is sent."""

from __future__ import annotations

import re

import pytest
import time_machine

from rhythm.host.folders import ROOT
from rhythm.notices import chat

TEXT = (ROOT / "docs" / "webhooks.md").read_text()
(BODY,) = (
    each.encode() for each in re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL)
)
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
HEADERS = dict(re.findall(r"^(Rhythm-\w+): (.*)$", TEXT, re.MULTILINE))
SECRETS = re.findall(r"`(rhythm_whs_[\w-]+)`", TEXT)
SENT_AT = HEADERS["Rhythm-Timestamp"]


def test_the_vectors_are_what_we_sign():
    signed = [f"v1={chat.sign(each, SENT_AT, BODY)}" for each in SECRETS]

    assert len(signed) == 2
    assert HEADERS["Rhythm-Signature"] == ",".join(signed)


@pytest.fixture
def is_genuine():
    """Return the function of the documentation, as it stands there."""
    names: dict[str, object] = {}
    exec(EXAMPLE, names)
    return names["is_genuine"]


@pytest.mark.parametrize("secret", SECRETS)
def test_the_example_takes_what_either_secret_signed(is_genuine, secret):
    with time_machine.travel(int(SENT_AT) + 10):
        assert is_genuine(secret, HEADERS, BODY)


@pytest.mark.parametrize("fault", ["secret", "body", "time", "late"])
def test_the_example_refuses_what_is_forged_or_replayed(is_genuine, fault):
    secret = "other" if fault == "secret" else SECRETS[0]
    body = BODY + b" " if fault == "body" else BODY
    moved = str(int(SENT_AT) + 1) if fault == "time" else SENT_AT
    late = 301 if fault == "late" else 10
    with time_machine.travel(int(SENT_AT) + late):
        assert not is_genuine(secret, HEADERS | {"Rhythm-Timestamp": moved}, body)
