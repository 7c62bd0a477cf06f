"""Deals, and the thin records around them."""

from pipeline.opportunities.models.accounts import Account, Contact, Product
from pipeline.opportunities.models.bulk import BulkRun, RowResult
from pipeline.opportunities.models.duplicates import KeptApart
from pipeline.opportunities.models.milestones import CustomerOutcome, MilestoneRecord
from pipeline.opportunities.models.opportunities import (
    AmountSource,
    Opportunity,
    OpportunityContact,
    Outcome,
)
from pipeline.opportunities.models.sources import Source
from pipeline.opportunities.models.views import DefaultView, SavedView

__all__ = [
    "Account",
    "AmountSource",
    "BulkRun",
    "Contact",
    "CustomerOutcome",
    "DefaultView",
    "KeptApart",
    "MilestoneRecord",
    "Opportunity",
    "OpportunityContact",
    "Outcome",
    "Product",
    "RowResult",
    "SavedView",
    "Source",
]
