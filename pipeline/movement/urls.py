from django.urls import URLPattern, URLResolver, path

from pipeline.movement import views

app_name = "movement"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.movement, name="movement"),
    path("deals/", views.movement_deals, name="movement_deals"),
]
