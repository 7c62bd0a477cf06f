from django.urls import path

from rhythm.notices import views

app_name = "notices"
urlpatterns = [
    path("deliveries/", views.notice_list, name="notice_list"),
    path("deliveries/test/", views.test_mail, name="test_mail"),
    path("deliveries/held/release/", views.held_release, name="held_release"),
    path("deliveries/held/drop/", views.held_drop, name="held_drop"),
    path("deliveries/<int:pk>/", views.notice_detail, name="notice_detail"),
    path("deliveries/<int:pk>/resend/", views.notice_resend, name="notice_resend"),
]
