from django.urls import path

from scorecards.homes import views

app_name = "homes"
urlpatterns = [
    path("", views.home, name="home"),
]
