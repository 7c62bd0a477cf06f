from django.urls import URLPattern, URLResolver, path

from rhythm.calendar.views import agendas, away, cadences, rhythms, teams, working

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
    path("agendas/", agendas.agenda_list, name="agenda_list"),
    path("agendas/new/", agendas.agenda_create, name="agenda_create"),
    path("agendas/pre-read/", agendas.preread_about, name="preread_about"),
    path("agendas/<int:pk>/", agendas.agenda_edit, name="agenda_edit"),
    path("agendas/<int:pk>/switch/", agendas.agenda_switch, name="agenda_switch"),
    path("away/", away.away, name="away"),
    path("away/leave/new/", away.leave_create, name="leave_create"),
    path("away/leave/<int:pk>/", away.leave_edit, name="leave_edit"),
    path("away/leave/<int:pk>/remove/", away.leave_remove, name="leave_remove"),
    path("away/deputies/new/", away.deputy_create, name="deputy_create"),
    path("away/deputies/<int:pk>/remove/", away.deputy_remove, name="deputy_remove"),
    path("working-hours/", working.working_list, name="working_list"),
    path("working-hours/company/", working.working_company, name="working_company"),
    path("working-hours/teams/<int:pk>/", working.working_team, name="working_team"),
    path(
        "working-hours/teams/<int:pk>/above/",
        working.working_above,
        name="working_above",
    ),
    path("working-hours/<int:pk>/off/", working.day_off_add, name="day_off_add"),
    path(
        "working-hours/<int:pk>/off/<int:day_pk>/remove/",
        working.day_off_remove,
        name="day_off_remove",
    ),
]
