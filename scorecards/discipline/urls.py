from django.urls import URLPattern, URLResolver, path

from scorecards.discipline import views

app_name = "discipline"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.kept, name="kept"),
    path("meetings/", views.kept_meetings, name="kept_meetings"),
]
