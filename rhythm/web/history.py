"""History, written by the database: who changed what, when, from which values.

Statement-level triggers keep the OLD row on update and delete. So inserts cost
nothing, and a record as it was at a moment T is the first event after T, or the
record itself when there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory
import pgtrigger
from django.db import models


def tracked[M: type[models.Model]](
    *, exclude: tuple[str, ...] = (), indexes: tuple[models.Index, ...] = ()
) -> Callable[[M], M]:
    """Return a decorator that keeps a model's history in `<Model>Event`.

    The event model is append-only. Each event holds the values before the change,
    `pgh_created_at` (UTC) and `pgh_context` (JSON: `user` is the id of who did it).
    exclude names fields whose changes are not history, such as `version`. indexes are
    those of the event model.
    """
    options: dict[str, Any] = {
        "obj_field": pghistory.ObjForeignKey(
            related_name="events", on_delete=models.DO_NOTHING
        ),
        "context_field": pghistory.ContextJSONField(),
        "context_id_field": pghistory.ContextUUIDField(),
        "append_only": True,
        "exclude": list(exclude) or None,
        "meta": {"indexes": list(indexes)},
    }
    return pghistory.track(  # type: ignore[no-any-return]
        pghistory.UpdateEvent("change", row=pghistory.Old, level=pgtrigger.Statement),
        pghistory.DeleteEvent("delete", row=pghistory.Old, level=pgtrigger.Statement),
        **options,
    )
