"""Addresses of handoff's pages for staff."""

from django.urls import URLPattern, URLResolver

app_name = "handoff"

urlpatterns: list[URLPattern | URLResolver] = []
