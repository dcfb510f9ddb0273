"""Reading files of a room."""

from uuid import UUID

from django.db.models import Exists, OuterRef

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import Attachment, FileState, Question
from crm.models.attachment import AttachmentQuerySet


def attachments(actor: Actor, room_id: UUID | None = None) -> AttachmentQuerySet:
    """Return the files the actor sees, newest first. Only clean ones can be opened."""
    rows = Attachment.objects.visible_to(actor).select_related("by_user", "by_contact").order_by("-created_at", "-id")
    return rows.filter(room=room_id) if room_id else rows


def get_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return one file the actor sees, checked or not. Raises `NotFound`."""
    attachment = attachments(actor).filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    return attachment


def get_clean_attachment(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return one file that may be opened. Raises `NotFound` for one still being checked, or refused, as well."""
    attachment = get_attachment(actor, attachment_id)
    if attachment.state != FileState.CLEAN:
        raise NotFound
    return attachment


def recorded_evidence(actor: Actor) -> Exists:
    """Return the condition for a file that shows an answer which was written down and which the actor sees."""
    return Exists(Question.objects.visible_to(actor).filter(evidence=OuterRef("pk")))
