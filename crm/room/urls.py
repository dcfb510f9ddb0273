"""Addresses of crm's pages in the room."""

from django.urls import URLPattern, URLResolver, path

from crm.room import (
    access_request,
    address_change,
    archive,
    attachment,
    comment,
    consent,
    data_request,
    door,
    kept,
    live,
    passkey,
    today,
    writing,
)

app_name = "room"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", door.home, name="home"),
    path("door/", door.door, name="door"),
    path("invitation/<str:token>/", door.invitation, name="invitation"),
    path("address/<str:token>/", address_change.confirm, name="confirm_address"),
    path("code/", door.code, name="code"),
    path("fresh-code/", door.fresh_code, name="fresh_code"),
    path("sign-out/", door.leave, name="sign_out"),
    path("passkey/", passkey.enter, name="enter_with_passkey"),
    path("passkey/challenge/", passkey.challenge, name="passkey_challenge"),
    path("live/", live.live, name="live"),
    path("<uuid:room_id>/", today.today, name="today"),
    path("<uuid:room_id>/people/", access_request.people, name="people"),
    path("<uuid:room_id>/people/<uuid:request_id>/withdraw/", access_request.withdraw, name="withdraw_request"),
    path("<uuid:room_id>/words/", comment.words, name="words"),
    path("<uuid:room_id>/comments/<uuid:comment_id>/<str:verb>/", comment.state, name="comment_state"),
    path("<uuid:room_id>/questions/<uuid:question_id>/answer/", consent.answer, name="answer"),
    path("<uuid:room_id>/questions/<uuid:question_id>/reminder/", consent.remind, name="remind"),
    path("<uuid:room_id>/questions/<uuid:question_id>/<str:verb>/", consent.turn_recorded, name="recorded"),
    path("<uuid:room_id>/receipts/<uuid:consent_id>/", consent.receipt, name="receipt"),
    path("<uuid:room_id>/receipts/<uuid:consent_id>/<str:verb>/", consent.turn, name="turn"),
    path("<uuid:room_id>/files/", attachment.files, name="files"),
    path("<uuid:room_id>/files/<uuid:attachment_id>/", attachment.attachment, name="attachment"),
    path("<uuid:room_id>/files/<uuid:attachment_id>/take-out/", attachment.take_out, name="take_out"),
    path("<uuid:room_id>/files/<uuid:attachment_id>/pages/", attachment.attachment_pages, name="attachment_pages"),
    path(
        "<uuid:room_id>/files/<uuid:attachment_id>/pages/<int:number>/",
        attachment.attachment_page,
        name="attachment_page",
    ),
    path("<uuid:room_id>/archive/", archive.archive, name="archive"),
    path("<uuid:room_id>/writing/", writing.writing, name="writing"),
    path("<uuid:room_id>/writing/show/", writing.show, name="show_writing"),
    path("<uuid:room_id>/kept/", kept.kept, name="kept"),
    path("<uuid:room_id>/kept/download/", data_request.download, name="download_kept"),
    path("<uuid:room_id>/kept/requests/", data_request.ask, name="request_data"),
    path("<uuid:room_id>/kept/requests/<uuid:request_id>/", data_request.handed, name="handed_over"),
    path(
        "<uuid:room_id>/kept/requests/<uuid:request_id>/withdraw/", data_request.withdraw, name="withdraw_data_request"
    ),
    path("<uuid:room_id>/kept/mails/", kept.mails, name="mails"),
    path("<uuid:room_id>/kept/<uuid:session_id>/end/", kept.end_session, name="end_session"),
    path("<uuid:room_id>/passkeys/", passkey.add, name="add_passkey"),
    path("<uuid:room_id>/passkeys/challenge/", passkey.add_challenge, name="add_passkey_challenge"),
    path("<uuid:room_id>/passkeys/<uuid:passkey_id>/remove/", passkey.remove, name="remove_passkey"),
]
