from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calendar", "0006_huddles_in_writing")]

    operations = [
        migrations.AddIndex(
            model_name="cadence",
            index=models.Index(
                fields=["prepare_hours"], name="cadences_by_preparation"
            ),
        ),
        migrations.AddIndex(
            model_name="cadence",
            index=models.Index(fields=["preread_hours"], name="cadences_by_preread"),
        ),
        migrations.AddIndex(
            model_name="cadence",
            index=models.Index(fields=["remind_minutes"], name="cadences_by_reminders"),
        ),
        migrations.AddIndex(
            model_name="cadence",
            index=models.Index(
                condition=models.Q(("is_async", True)),
                fields=["id"],
                name="cadences_in_writing",
            ),
        ),
    ]
