from django.urls import URLPattern, URLResolver, path

from pipeline.opportunities.views import options

app_name = "opportunities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("options/accounts/", options.account_options, name="account_options"),
    path("options/contacts/", options.contact_options, name="contact_options"),
    path("options/deals/", options.opportunity_options, name="opportunity_options"),
]
