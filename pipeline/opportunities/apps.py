from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    name = "pipeline.opportunities"
    label = "opportunities"
