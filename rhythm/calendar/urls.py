from django.urls import URLPattern, URLResolver, path

from rhythm.calendar.views import cadences, rhythms, teams

app_name = "calendar"
urlpatterns: list[URLPattern | URLResolver] = [
    path("cadences/", cadences.cadence_list, name="cadence_list"),
    path("cadences/new/", cadences.cadence_create, name="cadence_create"),
    path("cadences/<int:pk>/", cadences.cadence_edit, name="cadence_edit"),
    path("cadences/<int:pk>/pause/", cadences.cadence_pause, name="cadence_pause"),
    path("cadences/<int:pk>/resume/", cadences.cadence_resume, name="cadence_resume"),
    path("cadences/<int:pk>/end/", cadences.cadence_end, name="cadence_end"),
    path("cadences/rhythms/", rhythms.rhythm_list, name="rhythm_list"),
    path("cadences/rhythms/<slug:key>/", rhythms.rhythm_start, name="rhythm_start"),
    path("cadences/teams/<int:pk>/", teams.team_cadences, name="team_cadences"),
    path(
        "cadences/<int:pk>/teams/<int:team_pk>/",
        teams.variant_edit,
        name="variant_edit",
    ),
    path(
        "cadences/<int:pk>/teams/<int:team_pk>/drop/",
        teams.variant_drop,
        name="variant_drop",
    ),
    path(
        "cadences/<int:pk>/teams/<int:team_pk>/back/",
        teams.variant_back,
        name="variant_back",
    ),
]
