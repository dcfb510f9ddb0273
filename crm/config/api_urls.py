"""Addresses under /api/v1/: the resources of all three apps."""

from django.urls import include, path

urlpatterns = [
    path("", include("crm.api.urls")),
    path("", include("deals.api.urls")),
    path("", include("handoff.api.urls")),
]
