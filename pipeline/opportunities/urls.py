from django.urls import URLPattern, URLResolver, path

from pipeline.opportunities.views import options, process_changes

app_name = "opportunities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("options/accounts/", options.account_options, name="account_options"),
    path("options/contacts/", options.contact_options, name="contact_options"),
    path("options/deals/", options.opportunity_options, name="opportunity_options"),
    path("stages/<int:pk>/edit/", process_changes.stage_edit, name="stage_edit"),
    path(
        "stages/<int:pk>/impact/", process_changes.process_impact, name="process_impact"
    ),
    path("stages/<int:pk>/remove/", process_changes.stage_remove, name="stage_remove"),
]
