"""Posting notices, delivering them, and deciding about those that did not go out."""

from rhythm.notices.services.arriving import (
    LATE,
    arrive,
    combine_late,
    route_again,
    who_get_by_mail,
)
from rhythm.notices.services.channel_setup import (
    create_channel,
    edit_channel,
    forget_old_secret,
    renew_secret,
    secret_of,
    switch,
)
from rhythm.notices.services.channels import (
    Said,
    next_to_the_same_channel,
    post_to_channel,
    post_to_channels,
    send_test,
)
from rhythm.notices.services.delivery import (
    RETRY_AFTER,
    deliver,
    expire,
    lease,
    reap,
)
from rhythm.notices.services.digests import send_digests
from rhythm.notices.services.inbox import (
    finish,
    finish_told,
    put_away,
    read,
    read_all,
    reopen,
    snooze,
    tell_again,
    withdraw,
)
from rhythm.notices.services.outbox import (
    RESENDABLE,
    drop_held,
    hold_what_was_due,
    release_held,
    resend,
)
from rhythm.notices.services.posting import DELIVER, Draft, post
from rhythm.notices.services.wishes import edit_wishes, end_mail

__all__ = [
    "DELIVER",
    "LATE",
    "RESENDABLE",
    "RETRY_AFTER",
    "Draft",
    "Said",
    "arrive",
    "combine_late",
    "create_channel",
    "deliver",
    "drop_held",
    "edit_channel",
    "edit_wishes",
    "end_mail",
    "expire",
    "finish",
    "finish_told",
    "forget_old_secret",
    "hold_what_was_due",
    "lease",
    "next_to_the_same_channel",
    "post",
    "post_to_channel",
    "post_to_channels",
    "put_away",
    "read",
    "read_all",
    "reap",
    "release_held",
    "renew_secret",
    "reopen",
    "resend",
    "route_again",
    "secret_of",
    "send_digests",
    "send_test",
    "snooze",
    "switch",
    "tell_again",
    "who_get_by_mail",
    "withdraw",
]
