"""Addresses of crm's pages for staff."""

from django.urls import URLPattern, URLResolver, path

from crm.web import attachment, demo, participant

app_name = "crm"

urlpatterns: list[URLPattern | URLResolver] = [
    path("rooms/<uuid:room_id>/invitations/", participant.invite, name="invite"),
    path("participants/<uuid:participant_id>/", participant.participant, name="participant"),
    path("attachments/<uuid:attachment_id>/", attachment.attachment, name="attachment"),
    path("demo-line/", demo.demo_line, name="demo_line"),
]
