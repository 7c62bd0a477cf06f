from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "pipeline.process"
    label = "process"
