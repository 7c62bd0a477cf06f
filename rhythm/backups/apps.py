from django.apps import AppConfig


class BackupsConfig(AppConfig):
    name = "rhythm.backups"
    label = "backups"
