"""Addresses of crm's REST resources."""

from django.urls import URLPattern, URLResolver, path

from crm.api.access_request import (
    AccessRequestApproval,
    AccessRequestDetail,
    AccessRequestList,
    AccessRequestRefusal,
)
from crm.api.activity import ActivityDetail, ActivityList, ActivitySharing
from crm.api.attachment import AttachmentContent, AttachmentDetail, AttachmentList
from crm.api.comment import CommentDetail, CommentList, CommentReopening, CommentResolving
from crm.api.consent import BuyersOwn, ConsentDetail, ConsentList, ConsentRecording, RecordWithdrawal
from crm.api.contact import ContactBulk, ContactDetail, ContactList, ContactRestoring, ContactVouching
from crm.api.custom_field import CustomFieldDetail, CustomFieldList, CustomFieldMove, CustomFieldRestore
from crm.api.data_request import (
    ContactErasure,
    DataRequestDetail,
    DataRequestErasure,
    DataRequestGrant,
    DataRequestList,
    DataRequestRefusal,
)
from crm.api.event import EventFeed
from crm.api.export_job import ExportContent, ExportDetail, ExportList
from crm.api.ledger_check import LedgerCheckList
from crm.api.merge import (
    ContactMerging,
    DuplicateList,
    DuplicateSettingApart,
    MergeDetail,
    MergeList,
    MergeUndoing,
    OrganizationMerging,
)
from crm.api.organization import OrganizationBulk, OrganizationDetail, OrganizationList, OrganizationRestoring
from crm.api.participant import ParticipantDetail, ParticipantInvitation, ParticipantList
from crm.api.question import QuestionCancelling, QuestionDetail, QuestionList
from crm.api.receipt import ReceiptContent, ReceiptDetail
from crm.api.relationship import RelationshipList
from crm.api.revision import RevisionDetail, RevisionList
from crm.api.room import MemberDetail, MemberList, RoomDetail, RoomList
from crm.api.search import Search
from crm.api.task import TaskCompletion, TaskDetail, TaskList, TaskReopening
from crm.api.user import TeamList, UserDetail, UserList
from crm.api.view import ViewDetail, ViewList
from crm.api.webhook import (
    EndpointDetail,
    EndpointList,
    EndpointMessages,
    EndpointReplay,
    EndpointSecret,
    MessageReplay,
)

_BUYERS_OWN = ("answer", "withdraw", "contest", "confirm", "reopen")

_WEBHOOKS: list[URLPattern | URLResolver] = [
    path("webhook-endpoints/", EndpointList.as_view(), name="webhook-endpoints"),
    path("webhook-endpoints/<uuid:endpoint_id>/", EndpointDetail.as_view(), name="webhook-endpoint"),
    path("webhook-endpoints/<uuid:endpoint_id>/messages/", EndpointMessages.as_view(), name="webhook-messages"),
    path("webhook-endpoints/<uuid:endpoint_id>/replay/", EndpointReplay.as_view(), name="webhook-replay"),
    path("webhook-endpoints/<uuid:endpoint_id>/rotate-secret/", EndpointSecret.as_view(), name="webhook-secret"),
    path("webhook-messages/<uuid:message_id>/replay/", MessageReplay.as_view(), name="webhook-message-replay"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("access-requests/<uuid:request_id>/", AccessRequestDetail.as_view(), name="access-request"),
    path("access-requests/<uuid:request_id>/approve/", AccessRequestApproval.as_view(), name="access-request-approve"),
    path("access-requests/<uuid:request_id>/decline/", AccessRequestRefusal.as_view(), name="access-request-decline"),
    path("activities/<uuid:activity_id>/", ActivityDetail.as_view(), name="activity"),
    path("activities/<uuid:activity_id>/share/", ActivitySharing.as_view(), name="activity-share"),
    path("attachments/<uuid:attachment_id>/", AttachmentDetail.as_view(), name="attachment"),
    path("attachments/<uuid:attachment_id>/content/", AttachmentContent.as_view(), name="attachment-content"),
    path("comments/<uuid:comment_id>/", CommentDetail.as_view(), name="comment"),
    path("comments/<uuid:comment_id>/resolve/", CommentResolving.as_view(), name="comment-resolve"),
    path("comments/<uuid:comment_id>/reopen/", CommentReopening.as_view(), name="comment-reopen"),
    path("consents/", ConsentList.as_view(), name="consents"),
    path("consents/record/", ConsentRecording.as_view(), name="consents-record"),
    path("consents/<uuid:consent_id>/", ConsentDetail.as_view(), name="consent"),
    path("consents/<uuid:consent_id>/withdraw-record/", RecordWithdrawal.as_view(), name="consent-withdraw-record"),
    path("consents/<uuid:consent_id>/receipt/", ReceiptDetail.as_view(), name="receipt"),
    path("consents/<uuid:consent_id>/receipt/content/", ReceiptContent.as_view(), name="receipt-content"),
    *(path(f"consents/<uuid:consent_id>/{verb}/", BuyersOwn.as_view(), name=f"consent-{verb}") for verb in _BUYERS_OWN),
    path("contacts/", ContactList.as_view(), name="contacts"),
    path("contacts/bulk/", ContactBulk.as_view(), name="contacts-bulk"),
    path("contacts/<uuid:contact_id>/", ContactDetail.as_view(), name="contact"),
    path("contacts/<uuid:contact_id>/restore/", ContactRestoring.as_view(), name="contact-restore"),
    path("contacts/<uuid:contact_id>/vouch/", ContactVouching.as_view(), name="contact-vouch"),
    path("contacts/<uuid:contact_id>/erase/", ContactErasure.as_view(), name="contact-erase"),
    path("contacts/<uuid:contact_id>/merge/", ContactMerging.as_view(), name="contact-merge"),
    path("custom-fields/", CustomFieldList.as_view(), name="custom-fields"),
    path("custom-fields/<uuid:custom_field_id>/", CustomFieldDetail.as_view(), name="custom-field"),
    path("custom-fields/<uuid:custom_field_id>/restore/", CustomFieldRestore.as_view(), name="custom-field-restore"),
    path("custom-fields/<uuid:custom_field_id>/move/", CustomFieldMove.as_view(), name="custom-field-move"),
    path("data-requests/", DataRequestList.as_view(), name="data-requests"),
    path("data-requests/<uuid:request_id>/", DataRequestDetail.as_view(), name="data-request"),
    path("data-requests/<uuid:request_id>/grant/", DataRequestGrant.as_view(), name="data-request-grant"),
    path("data-requests/<uuid:request_id>/erase/", DataRequestErasure.as_view(), name="data-request-erase"),
    path("data-requests/<uuid:request_id>/decline/", DataRequestRefusal.as_view(), name="data-request-decline"),
    path("duplicates/", DuplicateList.as_view(), name="duplicates"),
    path("duplicates/<uuid:pair_id>/set-apart/", DuplicateSettingApart.as_view(), name="duplicate-set-apart"),
    path("events/", EventFeed.as_view(), name="events"),
    path("exports/", ExportList.as_view(), name="exports"),
    path("exports/<uuid:export_id>/", ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/content/", ExportContent.as_view(), name="export-content"),
    path("ledger-checks/", LedgerCheckList.as_view(), name="ledger-checks"),
    path("merges/", MergeList.as_view(), name="merges"),
    path("merges/<uuid:merge_id>/", MergeDetail.as_view(), name="merge"),
    path("merges/<uuid:merge_id>/undo/", MergeUndoing.as_view(), name="merge-undo"),
    path("organizations/", OrganizationList.as_view(), name="organizations"),
    path("organizations/bulk/", OrganizationBulk.as_view(), name="organizations-bulk"),
    path("organizations/<uuid:organization_id>/", OrganizationDetail.as_view(), name="organization"),
    path("organizations/<uuid:organization_id>/restore/", OrganizationRestoring.as_view(), name="organization-restore"),
    path("organizations/<uuid:organization_id>/merge/", OrganizationMerging.as_view(), name="organization-merge"),
    path(
        "organizations/<uuid:organization_id>/relationships/",
        RelationshipList.as_view(),
        name="organization-relationships",
    ),
    path("participants/<uuid:participant_id>/", ParticipantDetail.as_view(), name="participant"),
    path("participants/<uuid:participant_id>/invitations/", ParticipantInvitation.as_view(), name="invitations"),
    path("questions/", QuestionList.as_view(), name="questions"),
    path("questions/<uuid:question_id>/", QuestionDetail.as_view(), name="question"),
    path("questions/<uuid:question_id>/answer/", BuyersOwn.as_view(), name="question-answer"),
    path("questions/<uuid:question_id>/cancel/", QuestionCancelling.as_view(), name="question-cancel"),
    path("revisions/", RevisionList.as_view(), name="revisions"),
    path("revisions/<uuid:revision_id>/", RevisionDetail.as_view(), name="revision"),
    path("rooms/", RoomList.as_view(), name="rooms"),
    path("rooms/<uuid:room_id>/", RoomDetail.as_view(), name="room"),
    path("rooms/<uuid:room_id>/access-requests/", AccessRequestList.as_view(), name="access-requests"),
    path("rooms/<uuid:room_id>/activities/", ActivityList.as_view(), name="activities"),
    path("rooms/<uuid:room_id>/attachments/", AttachmentList.as_view(), name="attachments"),
    path("rooms/<uuid:room_id>/comments/", CommentList.as_view(), name="comments"),
    path("rooms/<uuid:room_id>/members/", MemberList.as_view(), name="members"),
    path("rooms/<uuid:room_id>/members/<uuid:user_id>/", MemberDetail.as_view(), name="member"),
    path("rooms/<uuid:room_id>/participants/", ParticipantList.as_view(), name="participants"),
    path("tasks/", TaskList.as_view(), name="tasks"),
    path("tasks/<uuid:task_id>/", TaskDetail.as_view(), name="task"),
    path("tasks/<uuid:task_id>/complete/", TaskCompletion.as_view(), name="task-complete"),
    path("tasks/<uuid:task_id>/reopen/", TaskReopening.as_view(), name="task-reopen"),
    path("search/", Search.as_view(), name="search"),
    path("teams/", TeamList.as_view(), name="teams"),
    path("users/", UserList.as_view(), name="users"),
    path("users/<uuid:user_id>/", UserDetail.as_view(), name="user"),
    path("views/", ViewList.as_view(), name="views"),
    path("views/<uuid:view_id>/", ViewDetail.as_view(), name="view"),
    *_WEBHOOKS,
]
