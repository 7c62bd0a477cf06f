from django.urls import URLPattern, URLResolver, path

from rhythm.commitments import views

app_name = "commitments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.commitment_list, name="commitment_list"),
    path("new/", views.commitment_create, name="commitment_create"),
    path("summary/", views.commitment_summary, name="commitment_summary"),
    path("<int:pk>/", views.commitment_detail, name="commitment_detail"),
    path("<int:pk>/keep/", views.keep, name="keep"),
    path("<int:pk>/undo-keep/", views.undo_keep, name="undo_keep"),
    path("<int:pk>/new-date/", views.new_date, name="new_date"),
    path("<int:pk>/requests/<int:request_pk>/", views.answer, name="answer"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
