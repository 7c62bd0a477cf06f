from django.urls import URLPattern, URLResolver, path

from pipeline.meetings.views import calendar, meetings

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", calendar.calendar, name="calendar"),
    path("<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("<int:pk>/start/", meetings.meeting_begin, name="meeting_begin"),
    path("<int:pk>/prepare/", meetings.meeting_prepare, name="meeting_prepare"),
    path("<int:pk>/hold/", meetings.meeting_hold, name="meeting_hold"),
    path("<int:pk>/move/", meetings.meeting_move, name="meeting_move"),
    path("<int:pk>/outside/", meetings.meeting_outside, name="meeting_outside"),
    path("<int:pk>/again/", meetings.meeting_again, name="meeting_again"),
    path("<int:pk>/drop/<slug:how>/", meetings.meeting_drop, name="meeting_drop"),
]
