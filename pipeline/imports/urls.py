from django.urls import path

from pipeline.imports.views import deliveries, detail, listing, setup, sources

app_name = "imports"
urlpatterns = [
    path("", listing.import_list, name="import_list"),
    path("new/", listing.import_create, name="import_create"),
    path("sources/<int:pk>/", sources.source_edit, name="source_edit"),
    path("sources/<int:pk>/link/", deliveries.link_make, name="link_make"),
    path("sources/<int:pk>/revoke/", deliveries.link_revoke, name="link_revoke"),
    path("in/<str:token>/<str:name>", deliveries.receive, name="receive"),
    path("<int:pk>/", detail.import_detail, name="import_detail"),
    path("<int:pk>/files/", setup.import_files, name="import_files"),
    path("<int:pk>/columns/", setup.import_columns, name="import_columns"),
    path("<int:pk>/matching/", setup.import_matching, name="import_matching"),
    path("<int:pk>/check/", detail.check, name="check"),
    path("<int:pk>/run/", detail.run_import, name="run"),
    path("<int:pk>/undo/", detail.undo, name="undo"),
    path("<int:pk>/settle/", detail.settle, name="settle"),
    path("<int:pk>/cancel/", detail.cancel, name="cancel"),
    path("<int:pk>/progress/", detail.progress, name="progress"),
    path("<int:pk>/refused/<int:file>/", detail.refused, name="refused"),
]
