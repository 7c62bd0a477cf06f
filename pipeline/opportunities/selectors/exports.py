"""The deals of a question as rows of a file, a chunk at a time.

Values stay values: amounts are numbers, days are days. How a file writes them is the
business of `rhythm.web.exports`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import batched

from django.db import transaction
from django.utils.translation import gettext as _

from pipeline.opportunities.flags import Flag
from pipeline.opportunities.models import Opportunity
from pipeline.opportunities.selectors.flags import flags_of
from pipeline.opportunities.selectors.questions import Question, deals_of
from pipeline.opportunities.selectors.table import order_of
from rhythm.people.models import User

# Deals in memory at a time.
CHUNK = 1000

type Value = str | Decimal | date | None


def heads_of(question: Question) -> list[str]:
    """Return the heads of the columns, as the table shows them.

    Imports know most of them by these names.
    """
    columns = {
        "stage": [_("Stage")],
        "flags": [_("Attention")],
        "owner": [_("Rep")],
        "next": [_("Next step"), _("Next step on")],
        "close": [_("Close")],
        "amount": [_("Amount"), _("Currency"), _("Amount is")],
        "weighted": [_("Weighted")],
    }
    shown = [head for name in question.columns for head in columns[name]]
    return [_("Account"), _("Deal"), *shown, _("External id")]


def rows_of(
    viewer: User, question: Question, *, now: datetime
) -> Iterator[list[Value]]:
    """Yield the deals of the question in its order, one row each.

    Reads by a cursor of the database, so that memory stays the same for any number.
    Attention costs four queries a chunk, if it is shown.
    """
    currency = viewer.organisation.currency
    deals = deals_of(viewer, question.filters, now=now)
    wanted = deals.select_related("account", "owner", "stage")
    has_flags = "flags" in question.columns
    # Without a transaction the database would keep all rows aside first.
    with transaction.atomic():
        ordered = wanted.order_by(*order_of(question.sort))
        for chunk in batched(ordered.iterator(chunk_size=CHUNK), CHUNK):
            flags = flags_of(chunk, viewer=viewer, now=now) if has_flags else {}
            for deal in chunk:
                yield _row(deal, question, flags.get(deal.pk, []), currency)


def _row(
    deal: Opportunity, question: Question, flags: list[Flag], currency: str
) -> list[Value]:
    amount = deal.amount
    weighted = None if amount is None else amount * deal.stage.probability
    cells: dict[str, list[Value]] = {
        "stage": [deal.stage.name],
        "flags": ["; ".join(each.short for each in flags)],
        "owner": [deal.owner.name],
        "next": [deal.next_step, deal.next_step_on],
        "close": [deal.close_on if deal.is_open else deal.closed_on],
        "amount": [amount, currency, deal.get_amount_source_display()],
        "weighted": [weighted],
    }
    account = deal.account.name if deal.account else ""
    shown = [cell for name in question.columns for cell in cells[name]]
    return [account, deal.name, *shown, deal.external_id]
