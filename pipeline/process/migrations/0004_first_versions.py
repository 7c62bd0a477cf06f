from django.db import migrations

STAGE = (
    *("name", "buyer_step", "purpose", "stuck_days", "idle_days", "guidance"),
    *("questions", "needs_outcome", "kind", "id"),
)
MILESTONE = ("title", "kind", "importance", "hint", "answer_kind", "choices", "id")


def write_down(apps, schema_editor):
    """Write each process that has no version down as its version 1."""
    versions = apps.get_model("process", "ProcessVersion").objects
    stages = apps.get_model("process", "Stage").objects
    milestones = apps.get_model("process", "Milestone").objects
    for process in apps.get_model("process", "Process").objects.all():
        if versions.filter(process=process).exists():
            continue
        content = {
            "name": process.name,
            "description": process.description,
            "stages": [
                {
                    **{name: getattr(stage, name) for name in STAGE},
                    "probability": str(stage.probability),
                    "milestones": list(
                        milestones.filter(stage=stage)
                        .order_by("position")
                        .values(*MILESTONE)
                    ),
                }
                for stage in stages.filter(process=process).order_by("position")
            ],
        }
        versions.create(process=process, number=1, content=content)


class Migration(migrations.Migration):
    dependencies = [("process", "0003_versions_and_drafts")]

    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
