from django.urls import URLPattern, URLResolver, path

from pipeline.meetings import views

app_name = "meetings"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", views.meeting_detail, name="meeting_detail"),
    path("<int:pk>/start/", views.meeting_begin, name="meeting_begin"),
    path("<int:pk>/prepare/", views.meeting_prepare, name="meeting_prepare"),
    path("<int:pk>/hold/", views.meeting_hold, name="meeting_hold"),
    path("<int:pk>/move/", views.meeting_move, name="meeting_move"),
    path("<int:pk>/outside/", views.meeting_outside, name="meeting_outside"),
    path("<int:pk>/again/", views.meeting_again, name="meeting_again"),
    path("<int:pk>/drop/<slug:how>/", views.meeting_drop, name="meeting_drop"),
]
