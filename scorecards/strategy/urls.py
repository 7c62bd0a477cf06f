from django.urls import URLPattern, URLResolver, path

from scorecards.strategy import views

app_name = "strategy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.priority_list, name="priority_list"),
    path("<int:pk>/", views.priorities_edit, name="priorities_edit"),
]
