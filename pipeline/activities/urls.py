from django.urls import URLPattern, URLResolver, path

from pipeline.activities import views

app_name = "activities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.activity_list, name="activity_list"),
    path("log/", views.log, name="log"),
    path("options/subjects/", views.subject_options, name="subject_options"),
    path("options/people/", views.people_options, name="people_options"),
    path("<int:pk>/edit/", views.activity_edit, name="activity_edit"),
    path("<int:pk>/remove/", views.activity_remove, name="activity_remove"),
    path("<int:pk>/put-back/", views.activity_put_back, name="activity_put_back"),
    path(
        "deals/<int:pk>/", views.opportunity_activities, name="opportunity_activities"
    ),
    path("accounts/<int:pk>/", views.account_activities, name="account_activities"),
    path("kinds/", views.kind_list, name="kind_list"),
    path("kinds/new/", views.kind_create, name="kind_create"),
    path("kinds/order/", views.order_kinds, name="order_kinds"),
    path("kinds/<int:pk>/", views.kind_edit, name="kind_edit"),
    path("kinds/<int:pk>/offer/", views.kind_offer, name="kind_offer"),
]
