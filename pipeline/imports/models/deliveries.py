"""Files that come by themselves: from a folder, or by a secret link."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pipeline.opportunities.models import Source


class SeenFile(models.Model):
    """A file of the watched folder that was taken, as it was then."""

    source = models.CharField(max_length=60)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    # Nanoseconds since 1970, as the file system says.
    modified = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "name", "size", "modified"],
                name="delivered_file_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class UploadLink(models.Model):
    """Lets whoever knows the secret address send files of one source."""

    source = models.OneToOneField(Source, models.CASCADE, related_name="+")
    # In whose name the files come in: who made the link.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Of the token only this is kept.
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Link of {self.source}"
