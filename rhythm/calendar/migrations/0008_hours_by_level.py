"""Let the hour of a level follow from its cadence, where it was stored until now."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db import migrations

# No level met later.
LATEST = time(17)


def forget(apps: Any, schema_editor: Any) -> None:
    """Delete the hours that nobody chose. No meeting moves by that."""
    variants = apps.get_model("calendar", "CadenceVariant").objects.filter(
        cadence__reach="below", cadence__scope="team", rule="", is_dropped=False
    )
    levels: dict[int, int] = {}
    for line in apps.get_model("people", "Team").objects.values_list("line", flat=True):
        for below, pk in enumerate(reversed(line)):
            levels[pk] = max(levels.get(pk, 0), below)
    gone = [
        each.pk
        for each in variants.select_related("cadence")
        if each.team_id == each.cadence.team_id
        or each.at == stored(each.cadence, levels.get(each.team_id, 0))
    ]
    variants.filter(pk__in=gone).delete()


def stored(cadence: Any, level: int) -> time | None:
    """Return the hour that was stored for a level when the cadence was made."""
    if not level or cadence.at >= LATEST:
        return None
    step = -(-cadence.minutes // 30) * 30
    begins = cadence.at.hour * 60 + cadence.at.minute
    return time(*divmod(min(begins + level * step, LATEST.hour * 60), 60))


class Migration(migrations.Migration):
    dependencies = [("calendar", "0007_leads_at_a_glance")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
