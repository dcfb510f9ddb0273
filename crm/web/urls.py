"""Addresses of crm's pages for staff."""

from django.urls import URLPattern, URLResolver, path

from crm.web import demo

app_name = "crm"

urlpatterns: list[URLPattern | URLResolver] = [
    path("demo-line/", demo.demo_line, name="demo_line"),
]
