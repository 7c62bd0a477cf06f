from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "pipeline.imports"
    label = "imports"
