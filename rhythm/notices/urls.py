from django.urls import path

from rhythm.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="notice_list"),
    path("test/", views.test_mail, name="test_mail"),
    path("held/release/", views.held_release, name="held_release"),
    path("held/drop/", views.held_drop, name="held_drop"),
    path("<int:pk>/", views.notice_detail, name="notice_detail"),
    path("<int:pk>/resend/", views.notice_resend, name="notice_resend"),
]
