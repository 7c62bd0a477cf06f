"""What a source keeps for itself, in the words of a comparison."""

from __future__ import annotations

from pipeline.opportunities.models import Source

# Where a comparison says more than one thing about what a CRM keeps, or another word.
WORDS = {"products": ("product",), "stage": ("stage", "closed_on")}


def owned_by(source: str) -> list[str]:
    """Return the fields of deals that the source keeps: names of `Compared`."""
    found = Source.objects.filter(name=source).values_list("owned", flat=True).first()
    return [word for name in found or () for word in WORDS.get(name, (name,))]
