from django.apps import AppConfig


class CalendarConfig(AppConfig):
    name = "rhythm.calendar"
    label = "calendar"
