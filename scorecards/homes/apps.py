from django.apps import AppConfig


class HomesConfig(AppConfig):
    name = "scorecards.homes"
    label = "homes"
