from django.db import migrations
from django.db.models import F
from django.utils import timezone


def finish(apps, schema_editor):
    """Put what was due before there were inboxes into them, as read and done."""
    came = {
        name: F("due_at")
        for name in ("arrived_at", "surfaced_at", "read_at", "done_at")
    }
    notices = apps.get_model("notices", "Notice").objects
    notices.filter(arrived_at=None, due_at__lte=timezone.now()).update(**came)


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_inbox")]

    operations = [migrations.RunPython(finish, migrations.RunPython.noop)]
