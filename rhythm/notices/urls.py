from django.urls import path

from rhythm.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="notice_list"),
    path("test/", views.test_mail, name="test_mail"),
    path("<int:pk>/", views.notice_detail, name="notice_detail"),
    path("<int:pk>/resend/", views.notice_resend, name="notice_resend"),
]
