"""Addresses of crm's pages for staff."""

from django.urls import URLPattern, URLResolver, path

from crm.web import (
    access_request,
    archive,
    attachment,
    comment,
    contact,
    data_request,
    demo,
    ledger,
    live,
    organization,
    outbox,
    participant,
    receipt,
    room,
    timeline,
    writing,
)

app_name = "crm"

urlpatterns: list[URLPattern | URLResolver] = [
    path("rooms/<uuid:room_id>/change/", room.change_room_page, name="change_room"),
    path("rooms/<uuid:room_id>/access/", participant.access, name="room_access"),
    path("rooms/<uuid:room_id>/invitations/", participant.invite, name="invite"),
    path("rooms/<uuid:room_id>/welcome/", access_request.welcome, name="welcome"),
    path("access-requests/<uuid:request_id>/", access_request.answer, name="access_request"),
    path("participants/<uuid:participant_id>/", participant.participant, name="participant"),
    path("rooms/<uuid:room_id>/words/", comment.words, name="words"),
    path("comments/<uuid:comment_id>/<str:verb>/", comment.state, name="comment_state"),
    path("rooms/<uuid:room_id>/files/", attachment.files, name="files"),
    path("attachments/<uuid:attachment_id>/", attachment.attachment, name="attachment"),
    path("attachments/<uuid:attachment_id>/pages/", attachment.attachment_pages, name="attachment_pages"),
    path("attachments/<uuid:attachment_id>/pages/<int:number>/", attachment.attachment_page, name="attachment_page"),
    path("clients/", organization.clients, name="clients"),
    path("clients/new/", organization.new_client, name="new_client"),
    path("clients/<uuid:organization_id>/", organization.client, name="client"),
    path("clients/<uuid:organization_id>/change/", organization.change_client, name="change_client"),
    path("contacts/new/", contact.new_contact, name="new_contact"),
    path("contacts/<uuid:contact_id>/change/", contact.change_contact_page, name="change_contact"),
    path("contacts/<uuid:contact_id>/erase/", data_request.erase, name="erase_contact"),
    path("contacts/<uuid:contact_id>/<str:verb>/", contact.state, name="contact_state"),
    path("contacts/<uuid:contact_id>/", contact.contact, name="contact"),
    path("ledger/", ledger.checks, name="ledger"),
    path("receipts/<uuid:consent_id>/", receipt.receipt, name="receipt"),
    path("rooms/<uuid:room_id>/archive/", archive.archive, name="archive"),
    path("rooms/<uuid:room_id>/timeline/", timeline.timeline, name="timeline"),
    path("data-requests/", data_request.requests, name="data_requests"),
    path("data-requests/<uuid:request_id>/", data_request.data_request, name="data_request"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("live/", live.live, name="live"),
    path("writing/", writing.writing, name="writing"),
    path("writing/show/", writing.show, name="show_writing"),
    path("demo-line/", demo.demo_line, name="demo_line"),
]
