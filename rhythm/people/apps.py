from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "rhythm.people"
    label = "people"
