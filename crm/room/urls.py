"""Addresses of crm's pages in the room."""

from django.urls import URLPattern, URLResolver

app_name = "room"

urlpatterns: list[URLPattern | URLResolver] = []
