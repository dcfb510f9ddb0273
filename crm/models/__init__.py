"""The ground: people, rooms, consent, the event record. One file per concept."""

from crm.models.access import Invitation, RoomSession, SignInCode
from crm.models.access_request import AccessRequest, AccessRequestState
from crm.models.activity import Activity, ActivityType
from crm.models.address_change import AddressChange
from crm.models.api_key import ApiKey, IdempotentAnswer
from crm.models.attachment import NO_CONTENT, Attachment, FileState
from crm.models.authored import WRITERS, Authored, Draftable, DraftableQuerySet, one_draft_each, private_rows_of
from crm.models.bulk_change import BulkChange, BulkRow, BulkRowState, BulkState
from crm.models.comment import Comment
from crm.models.consent import NOT_YET, UNSAID, Answer, Channel, Consent, Question
from crm.models.contact import Contact, MailKind
from crm.models.custom_field import CustomField, CustomFieldOn, CustomFieldType
from crm.models.data_request import DataRequest, DataRequestKind, DataRequestState
from crm.models.demo_mail import DemoMail
from crm.models.erasure import Erasure
from crm.models.event import Delivery, Event, FeedPosition
from crm.models.export_job import ExportJob, ExportState
from crm.models.import_line import ImportLine, LineResult
from crm.models.import_run import BUSY, ImportRun, ImportState
from crm.models.imported_row import ImportedRow
from crm.models.ledger import LedgerEntry, LedgerPayload, SignInFacts
from crm.models.ledger_check import LedgerCheck
from crm.models.merge import DirectoryKind, LikelyPair, Merge, Reason
from crm.models.notification import Notification
from crm.models.organization import Organization
from crm.models.participant import Participant
from crm.models.passkey import Passkey, PasskeyChallenge
from crm.models.relationship import Relationship, RelationshipLevel
from crm.models.revision import Revision
from crm.models.room import Room, RoomMember
from crm.models.side import Side
from crm.models.task import Task
from crm.models.team import Team
from crm.models.upload import Upload
from crm.models.user import Role, User
from crm.models.view import DefaultView, View, ViewForm
from crm.models.webhook import WebhookAttempt, WebhookEndpoint, WebhookMessage, WebhookState

__all__ = [
    "BUSY",
    "NOT_YET",
    "NO_CONTENT",
    "UNSAID",
    "WRITERS",
    "AccessRequest",
    "AccessRequestState",
    "Activity",
    "ActivityType",
    "AddressChange",
    "Answer",
    "ApiKey",
    "Attachment",
    "Authored",
    "BulkChange",
    "BulkRow",
    "BulkRowState",
    "BulkState",
    "Channel",
    "Comment",
    "Consent",
    "Contact",
    "CustomField",
    "CustomFieldOn",
    "CustomFieldType",
    "DataRequest",
    "DataRequestKind",
    "DataRequestState",
    "DefaultView",
    "Delivery",
    "DemoMail",
    "DirectoryKind",
    "Draftable",
    "DraftableQuerySet",
    "Erasure",
    "Event",
    "ExportJob",
    "ExportState",
    "FeedPosition",
    "FileState",
    "IdempotentAnswer",
    "ImportLine",
    "ImportRun",
    "ImportState",
    "ImportedRow",
    "Invitation",
    "LedgerCheck",
    "LedgerEntry",
    "LedgerPayload",
    "LikelyPair",
    "LineResult",
    "MailKind",
    "Merge",
    "Notification",
    "Organization",
    "Participant",
    "Passkey",
    "PasskeyChallenge",
    "Question",
    "Reason",
    "Relationship",
    "RelationshipLevel",
    "Revision",
    "Role",
    "Room",
    "RoomMember",
    "RoomSession",
    "Side",
    "SignInCode",
    "SignInFacts",
    "Task",
    "Team",
    "Upload",
    "User",
    "View",
    "ViewForm",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookState",
    "one_draft_each",
    "private_rows_of",
]
