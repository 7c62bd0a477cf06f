"""The product's addresses with Django's admin site switched on."""

from django.urls import path

from rhythm import urls
from rhythm.people.admin import site

urlpatterns = [*urls.urlpatterns, path("admin/", site.urls)]
