from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "rhythm.notices"
    label = "notices"
