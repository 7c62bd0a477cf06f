"""Posting one notice to a chat channel, and what the answer proves."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from rhythm.notices import safe_http, vault
from rhythm.notices.models import Channel, ChannelKind, Notice
from rhythm.notices.outcomes import MayHaveArrived, NotDelivered
from rhythm.notices.targets import Refused

# The text itself was not understood: it will not be later either.
FINAL = (400, 413, 422)
# A gateway gave up waiting: what is behind it may have taken it.
GATEWAY = (502, 504)


def send(notice: Notice) -> str:
    """Post the notice to its channel, and return the answer in words.

    Raises NotDelivered when the other side certainly did not take it, and
    MayHaveArrived when that is open.
    """
    channel = notice.channel
    assert channel is not None
    try:
        body = payload(notice, channel)
        answer = safe_http.post_json(
            vault.unlock(channel.locked_address),
            body,
            _headers(notice, channel, body),
            named=settings.WEBHOOK_HOSTS,
            own_host=vault.own_host(),
        )
    except (Refused, safe_http.NotFound) as error:
        # Managers set channels too: which names there are inside is not for them.
        told = _("Its address is not allowed, or its host is not known.")
        raise NotDelivered(str(error), told=told) from error
    except (vault.Unreadable, safe_http.NotReached) as error:
        raise NotDelivered(str(error)) from error
    except safe_http.BrokenOff as error:
        raise MayHaveArrived(str(error)) from error
    return _judged(channel, answer)


def _judged(channel: Channel, answer: safe_http.Answer) -> str:
    said = f"{answer.status} {' '.join(answer.text.split())}".strip()
    is_page = answer.text.lstrip().startswith("<")
    if answer.status in GATEWAY:
        raise MayHaveArrived(said)
    if 300 <= answer.status < 400:
        raise NotDelivered(_("It sends us elsewhere, where we do not go: %s") % said)
    if not 200 <= answer.status < 300:
        raise NotDelivered(said, is_final=answer.status in FINAL)
    if is_page and channel.kind != ChannelKind.JSON:
        raise NotDelivered(_("A web page came back, and no answer: %s") % said)
    return said


def payload(notice: Notice, channel: Channel) -> bytes:
    """Return what the channel's kind of reader understands, as JSON."""
    url = settings.APP_BASE_URL + notice.url if notice.url else ""
    if channel.kind == ChannelKind.SLACK:
        content = _slack(notice, url)
    elif channel.kind == ChannelKind.TEAMS:
        content = _teams(notice, url)
    else:
        content = _plain(notice, channel, url)
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _slack(notice: Notice, url: str) -> dict[str, Any]:
    """Return a message in which nothing that was typed means anything to Slack."""
    title = {"type": "plain_text", "text": notice.subject[:150], "emoji": False}
    blocks: list[dict[str, Any]] = [{"type": "header", "text": title}]
    if notice.text:
        text = {"type": "plain_text", "text": notice.text[:2900], "emoji": False}
        blocks.append({"type": "section", "text": text})
    if url:
        link = {"type": "mrkdwn", "text": f"<{url}|{_('Open in Rhythm')}>"}
        blocks.append({"type": "section", "text": link})
    return {"text": _escaped(notice.subject), "blocks": blocks}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _teams(notice: Notice, url: str) -> dict[str, Any]:
    """Return an adaptive card of text runs: unlike blocks, they know no markdown."""
    runs = [{"type": "TextRun", "text": notice.subject, "weight": "Bolder"}]
    body: list[dict[str, Any]] = [{"type": "RichTextBlock", "inlines": runs}]
    body += [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]}
        for line in notice.text.splitlines()
        if line.strip()
    ]
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    if url:
        open_it = {"type": "Action.OpenUrl", "title": _("Open in Rhythm"), "url": url}
        card["actions"] = [open_it]
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _plain(notice: Notice, channel: Channel, url: str) -> dict[str, Any]:
    return {
        "id": event_id(notice),
        "kind": notice.kind,
        "title": notice.subject,
        "text": notice.text,
        "url": url,
        "channel": channel.name,
        "made_at": notice.created_at.isoformat(timespec="seconds"),
    }


def event_id(notice: Notice) -> str:
    """Return what is the same for every attempt, so that a repetition is known."""
    return notice.message_id.strip("<>").partition("@")[0]


def _headers(notice: Notice, channel: Channel, body: bytes) -> dict[str, str]:
    if channel.kind != ChannelKind.JSON:
        return {}
    locked = filter(None, (channel.locked_secret, channel.locked_old_secret))
    # The real time, whatever time business is done by: receivers refuse what is old.
    sent_at = str(int(timezone.now().timestamp()))
    return {
        "Rhythm-Event": event_id(notice),
        "Rhythm-Timestamp": sent_at,
        "Rhythm-Signature": ",".join(
            f"v1={sign(vault.unlock(each), sent_at, body)}" for each in locked
        ),
    }


def sign(secret: str, sent_at: str, body: bytes) -> str:
    """Return HMAC-SHA256 over the time, a dot and the body, in hexadecimal."""
    text = sent_at.encode() + b"." + body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
