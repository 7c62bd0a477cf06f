from django.apps import AppConfig


class DisciplineConfig(AppConfig):
    name = "scorecards.discipline"
    label = "discipline"
