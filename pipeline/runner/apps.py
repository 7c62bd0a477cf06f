from django.apps import AppConfig


class RunnerConfig(AppConfig):
    name = "pipeline.runner"
    label = "runner"
