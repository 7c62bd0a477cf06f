from django.urls import URLPattern, URLResolver, path

from pipeline.meetings.views import calendar, feed, meetings, prereads

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", calendar.calendar, name="calendar"),
    path("address/", feed.feed, name="feed"),
    path("address/make/", feed.feed_make, name="feed_make"),
    path("address/revoke/", feed.feed_revoke, name="feed_revoke"),
    path("feed/<str:token>/rhythm.ics", feed.feed_read, name="feed_read"),
    path("<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("<int:pk>/pre-read/", prereads.meeting_preread, name="meeting_preread"),
    path("<int:pk>/pre-read/read/", prereads.preread_read, name="preread_read"),
    path("<int:pk>/start/", meetings.meeting_begin, name="meeting_begin"),
    path("<int:pk>/prepare/", meetings.meeting_prepare, name="meeting_prepare"),
    path("<int:pk>/hold/", meetings.meeting_hold, name="meeting_hold"),
    path("<int:pk>/move/", meetings.meeting_move, name="meeting_move"),
    path("<int:pk>/outside/", meetings.meeting_outside, name="meeting_outside"),
    path("<int:pk>/again/", meetings.meeting_again, name="meeting_again"),
    path("<int:pk>/drop/<slug:how>/", meetings.meeting_drop, name="meeting_drop"),
]
