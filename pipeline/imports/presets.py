"""Which column is which: the names that CRMs and people give their columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SALESFORCE, HUBSPOT, PIPEDRIVE, PLAIN = "salesforce", "hubspot", "pipedrive", "plain"
PRESETS = (SALESFORCE, HUBSPOT, PIPEDRIVE, PLAIN)

# Kinds that are not brought in. `later`: leads; a later version takes them.
IGNORE, LATER = "ignore", "later"

type Names = Mapping[str, Sequence[str]]

ALIASES: Mapping[str, Mapping[str, Names]] = {
    "opportunities": {
        SALESFORCE: {
            "external_id": ("Id", "Opportunity ID", "Opportunity ID 18", "18 Digit ID"),
            "name": ("Name", "Opportunity Name"),
            "account_key": ("AccountId", "Account ID"),
            "account_name": ("Account Name",),
            "owner": ("Owner.Email", "Owner Email", "Opportunity Owner", "Owner.Name",
                      "Owner", "OwnerId"),
            "stage": ("StageName", "Stage"),
            "amount": ("Amount",),
            "close_on": ("CloseDate", "Close Date"),
            "opened_on": ("CreatedDate", "Created Date"),
            "stage_since": ("LastStageChangeDate", "Last Stage Change Date"),
            "next_step": ("NextStep", "Next Step"),
            "description": ("Description",),
            "close_reason": ("Loss Reason", "Loss_Reason__c", "Closed Reason"),
            "product": ("Product Name", "Product"),
            "is_deleted": ("IsDeleted",),
        },
        HUBSPOT: {
            "external_id": ("Record ID", "Deal ID"),
            "name": ("Deal Name",),
            "account_key": ("Associated Company IDs", "Associated Company ID"),
            "account_name": ("Associated Company", "Primary Associated Company"),
            "owner": ("Deal owner", "HubSpot Owner"),
            "stage": ("Deal Stage",),
            "amount": ("Amount", "Amount in company currency"),
            "close_on": ("Close Date",),
            "opened_on": ("Create Date",),
            "stage_since": ("Date entered current stage",),
            "next_step": ("Next step",),
            "next_step_on": ("Next Activity Date",),
            "description": ("Deal Description",),
            "close_reason": ("Closed Lost Reason", "Closed Won Reason"),
        },
        PIPEDRIVE: {
            "external_id": ("Deal - ID", "ID"),
            "name": ("Deal - Title", "Title"),
            "account_key": ("Organization - ID", "Deal - Organization ID"),
            "account_name": ("Deal - Organization", "Organization - Name",
                             "Organization"),
            "owner": ("Deal - Owner", "Owner"),
            "stage": ("Deal - Stage", "Stage"),
            "status": ("Deal - Status", "Status"),
            "amount": ("Deal - Value", "Value"),
            "close_on": ("Deal - Deal closed on", "Deal closed on",
                         "Deal - Close time"),
            "expected_on": ("Deal - Expected close date", "Expected close date"),
            "opened_on": ("Deal - Deal created", "Deal created"),
            "stage_since": ("Deal - Last stage change", "Last stage change"),
            "next_step_on": ("Deal - Next activity date", "Next activity date"),
            "close_reason": ("Deal - Lost reason", "Lost reason"),
        },
        PLAIN: {
            "external_id": ("opportunity id", "deal id", "id", "opp id", "external id",
                            "opportunity number", "deal number", "record id"),
            "name": ("name", "deal", "deal name", "opportunity", "opportunity name",
                     "title"),
            "account_key": ("account id", "company id", "customer id",
                            "organization id"),
            "account_name": ("account", "account name", "company", "company name",
                             "customer", "customer name", "organization", "client"),
            "owner": ("owner", "owner email", "sales agent", "sales rep", "rep",
                      "salesperson", "deal owner", "opportunity owner",
                      "account executive",
                      "assigned to", "owner name"),
            "product": ("product", "product name", "item"),
            "stage": ("stage", "deal stage", "sales stage", "opportunity stage",
                      "pipeline stage", "phase", "status"),
            "status": (),
            "amount": ("amount", "value", "deal value", "close value", "deal amount",
                       "opportunity amount", "revenue", "total"),
            "close_on": ("close date", "closed on", "closing date", "closed date",
                         "expected close", "expected close date", "close"),
            "opened_on": ("created", "created date", "create date", "created on",
                          "opened",
                          "open date", "engage date", "start date", "created at"),
            "stage_since": ("stage since", "in stage since", "stage date"),
            "next_step": ("next step", "next action"),
            "next_step_on": ("next step date", "next step on", "next activity date"),
            "description": ("description", "notes", "comment", "comments"),
            "close_reason": ("close reason", "lost reason", "loss reason",
                             "reason lost"),
            "external_url": ("url", "link", "crm link"),
            "is_deleted": ("is deleted", "deleted"),
        },
    },
    "accounts": {
        SALESFORCE: {
            "external_id": ("Id", "Account ID"),
            "name": ("Name", "Account Name"),
            "website": ("Website",),
            "industry": ("Industry",),
            "location": ("BillingCity", "Billing City", "BillingCountry"),
            "parent_key": ("ParentId", "Parent Account ID"),
            "parent_name": ("Parent Account",),
            "is_deleted": ("IsDeleted",),
        },
        HUBSPOT: {
            "external_id": ("Record ID", "Company ID"),
            "name": ("Company name", "Name"),
            "website": ("Website URL", "Company Domain Name"),
            "industry": ("Industry",),
            "location": ("City", "Country/Region"),
            "parent_name": ("Parent Company",),
        },
        PIPEDRIVE: {
            "external_id": ("Organization - ID", "ID"),
            "name": ("Organization - Name", "Name"),
            "location": ("Organization - Address", "Address"),
        },
        PLAIN: {
            "external_id": ("account id", "company id", "id", "customer id"),
            "name": ("account", "account name", "company", "company name", "customer",
                     "customer name", "name", "organization"),
            "website": ("website", "web site", "url", "domain"),
            "industry": ("industry", "sector", "branch"),
            "location": ("location", "office location", "city", "country",
                         "headquarters"),
            "parent_name": ("subsidiary of", "parent", "parent account",
                            "parent company"),
            "parent_key": ("parent id",),
            "is_deleted": ("is deleted",),
        },
    },
    "contacts": {
        SALESFORCE: {
            "external_id": ("Id", "Contact ID"),
            "name": ("Name", "Full Name"),
            "first_name": ("FirstName", "First Name"),
            "last_name": ("LastName", "Last Name"),
            "account_key": ("AccountId", "Account ID"),
            "account_name": ("Account Name",),
            "title": ("Title",),
            "email": ("Email",),
            "phone": ("Phone", "MobilePhone"),
            "is_deleted": ("IsDeleted",),
        },
        HUBSPOT: {
            "external_id": ("Record ID", "Contact ID"),
            "first_name": ("First Name",),
            "last_name": ("Last Name",),
            "account_key": ("Associated Company IDs",),
            "account_name": ("Associated Company", "Company Name"),
            "title": ("Job Title",),
            "email": ("Email",),
            "phone": ("Phone Number", "Mobile Phone Number"),
        },
        PIPEDRIVE: {
            "external_id": ("Person - ID", "ID"),
            "name": ("Person - Name", "Name"),
            "account_name": ("Person - Organization", "Organization"),
            "email": ("Person - Email", "Person - Email - Work"),
            "phone": ("Person - Phone", "Person - Phone - Work"),
            "title": ("Person - Job title",),
        },
        PLAIN: {
            "external_id": ("contact id", "id", "person id"),
            "name": ("name", "contact", "contact name", "full name", "person"),
            "first_name": ("first name",),
            "last_name": ("last name", "surname"),
            "account_key": ("account id", "company id"),
            "account_name": ("account", "account name", "company", "company name",
                             "organization"),
            "title": ("title", "job title", "role", "position"),
            "email": ("email", "e-mail", "email address", "mail"),
            "phone": ("phone", "telephone", "mobile", "phone number"),
            "is_deleted": ("is deleted",),
        },
    },
    "products": {
        SALESFORCE: {
            "external_id": ("Id", "Product ID"),
            "name": ("Name", "Product Name"),
            "series": ("Family", "Product Family"),
            "list_price": ("UnitPrice", "List Price"),
        },
        HUBSPOT: {
            "external_id": ("Record ID", "Product ID"),
            "name": ("Name",),
            "series": ("Product type",),
            "list_price": ("Unit price",),
        },
        PIPEDRIVE: {
            "external_id": ("Product - ID",),
            "name": ("Product - Name",),
            "series": ("Product - Category",),
            "list_price": ("Product - Unit price",),
        },
        PLAIN: {
            "external_id": ("product id", "id", "sku"),
            "name": ("product", "product name", "name", "item"),
            "series": ("series", "family", "product family", "category", "line"),
            "list_price": ("sales price", "price", "list price", "unit price",
                           "retail price"),
        },
    },
    "people": {
        SALESFORCE: {
            "external_id": ("Id", "User ID"),
            "name": ("Name", "Full Name"),
            "email": ("Email",),
            "manager": ("Manager.Name", "Manager"),
            "region": ("Division",),
        },
        HUBSPOT: {
            "name": ("Name",),
            "email": ("Email",),
            "region": ("Teams", "Main team"),
        },
        PIPEDRIVE: {"name": ("Name",), "email": ("Email",)},
        PLAIN: {
            "external_id": ("user id", "id", "owner id", "employee id"),
            "name": ("sales agent", "name", "agent", "rep", "sales rep", "owner",
                     "person",
                     "full name", "user", "salesperson", "employee"),
            "email": ("email", "e-mail", "mail", "email address"),
            "manager": ("manager", "sales manager", "manager name", "reports to"),
            "region": ("regional office", "region", "team", "office", "department"),
        },
    },
    "activities": {
        SALESFORCE: {
            "external_id": ("Id", "Activity ID"),
            "kind": ("TaskSubtype", "Type", "Task Subtype"),
            "subject": ("Subject",),
            "happened_at": ("ActivityDate", "CreatedDate", "Date"),
            "owner": ("Owner.Email", "Assigned", "OwnerId"),
            "deal_key": ("WhatId",),
            "account_key": ("AccountId",),
            "is_deleted": ("IsDeleted",),
        },
        HUBSPOT: {
            "external_id": ("Record ID",),
            "kind": ("Activity type",),
            "subject": ("Task Title", "Meeting name", "Call Title"),
            "happened_at": ("Activity date",),
            "owner": ("Activity assigned to",),
            "deal_key": ("Associated Deal IDs",),
            "account_name": ("Associated Company",),
        },
        PIPEDRIVE: {
            "external_id": ("Activity - ID",),
            "kind": ("Activity - Type",),
            "subject": ("Activity - Subject",),
            "happened_at": ("Activity - Due date", "Activity - Marked as done time"),
            "owner": ("Activity - Assigned to user",),
            "deal_key": ("Deal - ID",),
            "account_name": ("Activity - Organization",),
        },
        PLAIN: {
            "external_id": ("activity id", "id"),
            "kind": ("kind", "type", "activity type", "activity"),
            "subject": ("subject", "outcome", "note", "notes", "summary"),
            "happened_at": ("date", "activity date", "when", "happened at",
                            "happened on"),
            "minutes": ("minutes", "duration"),
            "owner": ("owner", "sales agent", "rep", "person", "assigned to"),
            "deal_key": ("opportunity id", "deal id"),
            "account_key": ("account id",),
            "account_name": ("account", "account name", "company"),
        },
    },
    "history": {
        SALESFORCE: {
            "external_id": ("Id", "OpportunityHistoryKey"),
            "deal_key": ("OpportunityId", "Opportunity ID"),
            "stage": ("StageName", "To Stage", "Stage"),
            "happened_at": ("CreatedDate", "Last Modified", "Created Date"),
            "is_deleted": ("IsDeleted",),
        },
        HUBSPOT: {},
        PIPEDRIVE: {},
        PLAIN: {
            "external_id": ("history id", "id"),
            "deal_key": ("opportunity id", "deal id", "opportunity", "deal"),
            "stage": ("stage", "to stage", "new stage", "new value"),
            "happened_at": ("date", "entered on", "entered at", "changed on",
                            "changed at", "when", "since", "created date",
                            "edit date"),
        },
    },
}  # fmt: skip

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


def plain(name: str) -> str:
    """Return a name without case, spaces and signs: "Close Date" is "close_date"."""
    return re.sub(r"[\W_]+", "", name.casefold())


@dataclass(frozen=True)
class Guess:
    """What a file may be: its kind, whose export it is, and field to column."""

    kind: str
    preset: str
    mapping: dict[str, str]


def guess(file_name: str, columns: Sequence[str]) -> Guess:
    """Return the most likely kind, preset and mapping. IGNORE is for a stranger."""
    name = plain(file_name)
    hinted = [
        kind
        for kind, words in FILE_WORDS.items()
        if any(word in name for word in words)
    ]
    if set(hinted) & {LATER, IGNORE}:
        return Guess(hinted[0], PLAIN, {})
    if "history" in hinted or _is_history(columns):
        return _guess_history(columns)
    if {plain(column) for column in columns} & LEAD_COLUMNS:
        return Guess(LATER, PLAIN, {})
    tried = [
        (_score(kind, preset, columns, kind in hinted), kind, preset)
        for kind in ALIASES
        if kind != "history"
        for preset in PRESETS
    ]
    # The first of equals wins: kinds and presets are listed by how common they are.
    score, kind, preset = max(tried, key=lambda each: each[0])
    if score <= 0:
        return Guess(IGNORE, PLAIN, {})
    return Guess(kind, preset, map_columns(kind, preset, columns))


def _is_history(columns: Sequence[str]) -> bool:
    names = {plain(column) for column in columns}
    return names >= HISTORY_COLUMNS and not names & {"name", "opportunityname"}


def _guess_history(columns: Sequence[str]) -> Guess:
    """Return the guess for a file that seems to say when deals came to stages."""
    for preset in (SALESFORCE, PLAIN):
        mapping = map_columns("history", preset, columns)
        if not lacking("history", mapping):
            return Guess("history", preset, mapping)
    return Guess(IGNORE, PLAIN, {})


def _score(kind: str, preset: str, columns: Sequence[str], is_hinted: bool) -> float:
    mapping = _map(ALIASES[kind][preset], columns)
    if lacking(kind, mapping):
        return 0
    # A hint in the file's name weighs as much as three columns.
    return len(mapping) + 3 * is_hinted


def lacking(kind: str, mapping: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of fields of which `mapping` has none."""
    has = set(mapping)
    return [group for group in NEEDED.get(kind, ()) if not has & set(group)]


def map_columns(kind: str, preset: str, columns: Sequence[str]) -> dict[str, str]:
    """Return field to column for a kind: the preset's names first, then plain ones."""
    mapping = _map(ALIASES[kind][preset], columns)
    more = _map(
        ALIASES[kind][PLAIN],
        [column for column in columns if column not in mapping.values()],
    )
    return {**more, **mapping}


def _map(names: Names, columns: Sequence[str]) -> dict[str, str]:
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(plain(column), column)
    mapping: dict[str, str] = {}
    for field, aliases in names.items():
        for alias in aliases:
            found = by_name.get(plain(alias))
            if found is not None and found not in mapping.values():
                mapping[field] = found
                break
    return mapping
