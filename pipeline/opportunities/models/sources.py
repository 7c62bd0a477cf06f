"""Where deals come from: a CRM beside us, and what it keeps for itself."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from pipeline.process.models import ConfigurationQuerySet
from rhythm.web.history import tracked
from rhythm.web.versions import Versioned

# What a CRM may keep of a deal, in the order in which it is offered.
KEPT_FIELDS = {
    "stage": _("Stage"),
    "amount": _("Amount"),
    "close_on": _("Expected close"),
    "owner": _("Owner"),
    "name": _("Name of the deal"),
    "account": _("Account"),
    "products": _("Products"),
    "next_step": _("Next step"),
    "next_step_on": _("Next step on"),
    "description": _("Description"),
}


@tracked(exclude=("version", "as_of"))
class Source(Versioned):
    """A system whose exports are brought in, such as a CRM."""

    # What `External.source` says of its records.
    name = models.SlugField(max_length=60, unique=True, editable=False)
    title = models.CharField(_("name on the pages"), max_length=60)
    # Fields of its deals that only it changes: names of KEPT_FIELDS.
    owned = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, editable=False
    )
    # When the files that were brought in last came from it.
    as_of = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ConfigurationQuerySet["Source"].as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title
