from django.apps import AppConfig


class CommitmentsConfig(AppConfig):
    name = "rhythm.commitments"
    label = "commitments"
