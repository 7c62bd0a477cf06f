"""What tells of which kind a file is, and what one of the kind has to have."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.imports.presets import IGNORE, LATER

# What a file of the kind cannot do without; one of each group.
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "opportunities": (("stage",), ("name", "account_name", "account_key", "product")),
    "accounts": (("name",),),
    "contacts": (("name", "last_name"),),
    "products": (("name",),),
    "people": (("name", "email"),),
    "activities": (
        ("happened_at",),
        ("deal_key", "account_key", "account_name"),
    ),
    "history": (("deal_key",), ("stage",), ("happened_at",)),
}
# Words in a file's name that speak for a kind.
FILE_WORDS: Mapping[str, tuple[str, ...]] = {
    LATER: ("lead",),
    "history": ("history",),
    IGNORE: ("dictionary", "readme", "metadata"),
    "opportunities": ("opportunit", "pipeline", "deal"),
    "accounts": ("account", "compan", "organi", "customer"),
    "contacts": ("contact",),
    "products": ("product", "pricebook"),
    "people": ("team", "people", "user", "agent", "owner", "reps"),
    "activities": ("activit", "task", "event", "call", "meeting"),
}
# Without a name of its own, a row with these is about a deal and none itself.
LEAD_COLUMNS = frozenset({"isconverted", "converteddate", "leadstatus"})
HISTORY_COLUMNS = frozenset({"opportunityid", "stagename"})
