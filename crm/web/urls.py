"""Addresses of crm's pages for staff."""

from django.urls import URLPattern, URLResolver, path

from crm.web import attachment, demo

app_name = "crm"

urlpatterns: list[URLPattern | URLResolver] = [
    path("attachments/<uuid:attachment_id>/", attachment.attachment, name="attachment"),
    path("demo-line/", demo.demo_line, name="demo_line"),
]
