"""The product's addresses as a demo has them, with its door."""

from django.urls import include, path

from rhythm.people import urls as people
from rhythm.people.views import doors
from rhythm.urls import *  # noqa: F403
from rhythm.urls import urlpatterns as product

door = path("demo/", doors.demo_sign_in, name="demo_sign_in")
urlpatterns = [
    path("people/", include(([*people.urlpatterns, door], "people"))),
    *product,
]
