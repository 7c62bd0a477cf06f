from django.conf import settings
from django.urls import path

from rhythm.people.views import audit, doors, people, profile, teams

app_name = "people"
urlpatterns = [
    path("", people.person_list, name="person_list"),
    path("<int:pk>/", people.person_detail, name="person_detail"),
    path("<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("<int:pk>/reactivate/", people.person_reactivate, name="person_reactivate"),
    path("<int:pk>/withdraw/", people.invitation_withdraw, name="invitation_withdraw"),
    path("me/", profile.profile, name="profile"),
    path("me/theme/", profile.theme, name="theme"),
    path("me/devices/end/", profile.devices_end, name="devices_end"),
    path("teams/", teams.team_list, name="team_list"),
    path("teams/new/", teams.team_create, name="team_create"),
    path("teams/<int:pk>/", teams.team_detail, name="team_detail"),
    path("teams/<int:pk>/edit/", teams.team_edit, name="team_edit"),
    path("teams/<int:pk>/delete/", teams.team_delete, name="team_delete"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("invitation/<str:token>/", doors.invitation_accept, name="invitation_accept"),
    path("first-admin/<str:token>/", doors.first_admin, name="first_admin"),
]
if settings.DEMO:
    # Outside a demo there is no such address at all.
    urlpatterns.append(path("demo/", doors.demo_sign_in, name="demo_sign_in"))
