"""Search as you type: whole words and their beginnings, in any order."""

from __future__ import annotations

import re

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import models
from django.db.models import Q

from pipeline.opportunities.models import Account, Opportunity
from pipeline.opportunities.models.opportunities import OpportunityQuerySet
from rhythm.people.models import User

LONGEST_TEXT = 200
MOST_WORDS = 8


def matching[M: models.Model](
    records: models.QuerySet[M], text: str, *, field: str = "name"
) -> models.QuerySet[M]:
    """Return the records with a word in `field` beginning with each word of `text`.

    An empty text returns them all, one without any letter or digit none. Uses the
    full-text index on the field.
    """
    query = prefix_query(text)
    if query is None:
        return records.none() if text.strip() else records
    vector = SearchVector(field, config="simple")
    with_words = records.annotate(**{f"{field}_words": vector})
    found: models.QuerySet[M] = with_words.filter(**{f"{field}_words": query})
    return found


def prefix_query(text: str) -> SearchQuery | None:
    """Return the full-text query for beginnings of words; None without any word."""
    words = re.findall(r"\w+", text[:LONGEST_TEXT].lower())[:MOST_WORDS]
    if not words:
        return None
    # Only letters, digits and underscores are left, so nothing needs escaping.
    raw = " & ".join(f"'{word}':*" for word in words)
    return SearchQuery(raw, search_type="raw", config="simple")


def named(deals: OpportunityQuerySet, text: str, viewer: User) -> OpportunityQuerySet:
    """Return the deals whose name or account matches `text`; all for an empty one."""
    if not text.strip():
        return deals
    by_name = matching(Opportunity.objects.all(), text).values("pk")
    accounts = matching(Account.objects.visible_to(viewer), text).values("pk")
    return deals.filter(Q(pk__in=by_name) | Q(account__in=accounts))
