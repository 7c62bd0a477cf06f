"""The kinds of rows that come in by the thousand: how they are read, and taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.imports.bulk import accounts, activities, contacts, deals, history
from pipeline.imports.bulk.staging import Chunk
from pipeline.imports.models import FileKind
from pipeline.imports.rows.accounts import read_account, read_contact
from pipeline.imports.rows.activities import read_activity
from pipeline.imports.rows.deals import read_deal
from pipeline.imports.rows.history import read_history
from pipeline.imports.rows.layout import Cells, Parsed

# How many rows of which kind and action.
type Counts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Kind:
    """How rows of a kind are read, and brought in."""

    read: Callable[[Cells], Parsed]
    columns: Sequence[str]
    take: Callable[[Chunk], Counts]
    table: str


KINDS = {
    FileKind.ACCOUNTS: Kind(
        read_account, accounts.COLUMNS, accounts.take_accounts, accounts.TABLE
    ),
    FileKind.CONTACTS: Kind(
        read_contact, contacts.COLUMNS, contacts.take_contacts, contacts.TABLE
    ),
    FileKind.OPPORTUNITIES: Kind(
        read_deal, deals.COLUMNS, deals.take_deals, deals.TABLE
    ),
    FileKind.ACTIVITIES: Kind(
        read_activity, activities.COLUMNS, activities.take_activities, activities.TABLE
    ),
    FileKind.HISTORY: Kind(
        read_history, history.COLUMNS, history.take_history, history.TABLE
    ),
}
