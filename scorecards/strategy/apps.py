from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "scorecards.strategy"
    label = "strategy"
