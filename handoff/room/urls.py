"""Addresses of handoff's pages in the room."""

from django.urls import URLPattern, URLResolver

app_name = "handoff_room"

urlpatterns: list[URLPattern | URLResolver] = []
