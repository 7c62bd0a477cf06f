from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "pipeline.activities"
    label = "activities"
