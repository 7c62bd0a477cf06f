from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runner", "0002_who_was_asked")]

    operations = [
        migrations.RenameField(
            model_name="run", old_name="current", new_name="current_item"
        ),
        migrations.AddField(
            model_name="run",
            name="abandon_reason",
            field=models.CharField(blank=True, max_length=300),
        ),
    ]
