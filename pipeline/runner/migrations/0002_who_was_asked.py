from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("runner", "0001_rooms")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
