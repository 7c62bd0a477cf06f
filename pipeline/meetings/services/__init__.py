"""Meetings outside the app: in people's calendars, and the pre-read by mail."""

from pipeline.meetings.services.feeds import make_feed, open_feed, revoke_feed
from pipeline.meetings.services.inviting import invite
from pipeline.meetings.services.prereads import note_read, send_preread, to_preread

__all__ = [
    "invite",
    "make_feed",
    "note_read",
    "open_feed",
    "revoke_feed",
    "send_preread",
    "to_preread",
]
