from django.apps import AppConfig


class MovementConfig(AppConfig):
    name = "pipeline.movement"
    verbose_name = "Movement"
