from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "pipeline.meetings"
    label = "meetings"
