from django.apps import AppConfig


class TicksConfig(AppConfig):
    name = "rhythm.ticks"
    label = "ticks"
