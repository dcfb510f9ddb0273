"""Addresses under /api/v1/: the resources of all three apps, and what describes them."""

from django.urls import include, path, re_path

from crm.api.root import Description, NoSuchAddress, docs

app_name = "api"

urlpatterns = [
    path("openapi.json", Description.as_view(), name="openapi"),
    path("docs/", docs, name="docs"),
    path("", include("crm.api.urls")),
    path("", include("deals.api.urls")),
    path("", include("handoff.api.urls")),
    re_path(r"", NoSuchAddress.as_view(), name="none"),
]
