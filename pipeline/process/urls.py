from django.urls import path

from pipeline.process import views

app_name = "process"
urlpatterns = [
    path("", views.process_list, name="process_list"),
    path("start/", views.process_start, name="process_start"),
    path("new/", views.process_create, name="process_create"),
    path("order/", views.process_order, name="process_order"),
    path("<int:pk>/", views.process_detail, name="process_detail"),
    path("<int:pk>/edit/", views.process_edit, name="process_edit"),
    path("<int:pk>/default/", views.process_default, name="process_default"),
    path("<int:pk>/archive/", views.process_archive, name="process_archive"),
    path("<int:pk>/unarchive/", views.process_unarchive, name="process_unarchive"),
    path("<int:pk>/delete/", views.process_delete, name="process_delete"),
    path("<int:pk>/stages/new/", views.stage_create, name="stage_create"),
    path("<int:pk>/stages/order/", views.stage_order, name="stage_order"),
    path(
        "<int:pk>/stages/<int:stage_pk>/restore/",
        views.stage_restore,
        name="stage_restore",
    ),
    path("<int:pk>/draft/discard/", views.draft_discard, name="draft_discard"),
    path("<int:pk>/versions/", views.version_list, name="version_list"),
    path("<int:pk>/versions/compare/", views.version_compare, name="version_compare"),
    path(
        "<int:pk>/versions/<int:number>/", views.version_detail, name="version_detail"
    ),
]
