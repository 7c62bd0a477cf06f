from django.urls import path

from scorecards.homes.views import (
    duplicates,
    first,
    health,
    joining,
    leaving,
    merging,
    search,
    setup,
)

app_name = "homes"
urlpatterns = [
    path("", first.home, name="home"),
    path("week/", first.week, name="week"),
    path("team/", first.team_week, name="team_week"),
    path("scorecard/", first.scorecard, name="scorecard"),
    path("search/", search.search, name="search"),
    path("duplicates/<str:kind>/", duplicates.duplicate_list, name="duplicate_list"),
    path(
        "duplicates/<str:kind>/<int:pk>/",
        duplicates.duplicate_find,
        name="duplicate_find",
    ),
    path(
        "duplicates/<str:kind>/<int:one>/<int:other>/",
        duplicates.record_merge,
        name="record_merge",
    ),
    path(
        "duplicates/<str:kind>/<int:one>/<int:other>/apart/",
        duplicates.duplicate_dismiss,
        name="duplicate_dismiss",
    ),
    path("setup/", setup.setup, name="setup"),
    path("setup/health/", health.health, name="health"),
    path("setup/company/", setup.organisation_edit, name="organisation_edit"),
    path("setup/invite/", joining.person_invite, name="person_invite"),
    path(
        "setup/people/<int:pk>/invite/",
        joining.person_invite_again,
        name="person_invite_again",
    ),
    path("setup/people/<int:pk>/merge/", merging.person_merge, name="person_merge"),
    path(
        "setup/people/<int:pk>/second-factor/",
        joining.second_factor_reset,
        name="second_factor_reset",
    ),
    path(
        "setup/people/<int:pk>/deactivate/",
        leaving.person_deactivate,
        name="person_deactivate",
    ),
]
