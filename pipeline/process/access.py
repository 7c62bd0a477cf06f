"""The process whose editor shows a stage, whether that is published or only drafted."""

from __future__ import annotations

from django.db.models import Q

from pipeline.process.models import Draft, Process, Stage
from rhythm.people.access import editable_or_403
from rhythm.people.models import User


def process_of_stage(pk: int, editor: User) -> Process:
    """Return the process that has the stage of that id, if `editor` may change it.

    A stage that only a draft has exists for nobody but admins. Raises Http404, or
    PermissionDenied. One query.
    """
    published = Stage.objects.visible_to(editor).filter(pk=pk).values("process")
    drafted = Draft.objects.visible_to(editor).with_stage(pk).values("process")
    either = Q(pk__in=published) | Q(pk__in=drafted)
    return editable_or_403(Process.objects.filter(either), editor)
