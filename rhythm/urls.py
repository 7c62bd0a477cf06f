"""Every address of the product."""

from django.conf import settings
from django.urls import include, path

from rhythm import health, metrics

# Tasks belong to this app: without it, hints from pages would go to no broker.
from rhythm.celery import app as worker

__all__ = ["urlpatterns", "worker"]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/second-factor/", include("allauth.mfa.urls")),
    path("people/", include("rhythm.people.urls")),
    path("notices/", include("rhythm.notices.urls")),
    path("", include("rhythm.calendar.urls")),
    path("commitments/", include("rhythm.commitments.urls")),
    path("process/", include("pipeline.process.urls")),
    path("pipeline/", include("pipeline.opportunities.urls")),
    path("movement/", include("pipeline.movement.urls")),
    path("activities/", include("pipeline.activities.urls")),
    path("comments/", include("pipeline.comments.urls")),
    path("", include("pipeline.accounts.urls")),
    path("reviews/", include("pipeline.reviews.urls")),
    path("room/", include("pipeline.runner.urls")),
    path("meetings/", include("pipeline.meetings.urls")),
    path("imports/", include("pipeline.imports.urls")),
    path("priorities/", include("scorecards.strategy.urls")),
    path("kept/", include("scorecards.discipline.urls")),
    path("", include("scorecards.homes.urls")),
]
handler400 = "rhythm.web.errors.bad_request"
handler403 = "rhythm.web.errors.permission_denied"
handler404 = "rhythm.web.errors.page_not_found"
handler500 = "rhythm.web.errors.server_error"

if settings.ADMIN_SITE:
    from rhythm.people.admin import site

    urlpatterns.append(path("admin/", site.urls))
