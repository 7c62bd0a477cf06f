from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0011_merged_records"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="account",
            index=models.Index(Lower("name"), name="accounts_by_any_case"),
        ),
    ]
