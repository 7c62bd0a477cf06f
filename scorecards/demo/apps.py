from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "scorecards.demo"
    label = "demo"
