from django.db import migrations

from pipeline.activities.starter import STARTER_KINDS


def create(apps, schema_editor):
    """Give a new installation its kinds. One that has kinds keeps its own."""
    kinds = apps.get_model("activities", "ActivityKind").objects
    if kinds.exists():
        return
    kinds.bulk_create(
        kinds.model(name=name, icon=icon, position=position)
        for position, (name, icon) in enumerate(STARTER_KINDS)
    )


class Migration(migrations.Migration):
    dependencies = [("activities", "0002_taken_back")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
