"""Addresses of deals's pages in the room."""

from django.urls import URLPattern, URLResolver

app_name = "deals_room"

urlpatterns: list[URLPattern | URLResolver] = []
