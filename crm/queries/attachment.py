"""Reading files of a room."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Exists, OuterRef

from crm.actors import SYSTEM, Actor
from crm.errors import NotFound
from crm.models import Attachment, Event, FileState, Question
from crm.models.attachment import AttachmentQuerySet
from crm.registry import file_holders


def attachments(actor: Actor, room_id: UUID | None = None) -> AttachmentQuerySet:
    """Return the files the actor sees, newest first. Only clean ones can be opened."""
    rows = (
        Attachment.objects.visible_to(actor)
        .select_related("room", "by_user", "by_contact")
        .order_by("-created_at", "-id")
    )
    return rows.filter(room=room_id) if room_id else rows


def refusals(files: Iterable[Attachment]) -> dict[UUID, str]:
    """Return why files that the actor sees were refused, as codes of `FileFault`, by file."""
    refused = [file.pk for file in files if file.state == FileState.REFUSED]
    found = Event.objects.filter(type="attachment.refused", subject_id__in=refused) if refused else ()
    return {event.subject_id: str(event.data.get("reason", "")) for event in found}


@dataclass(frozen=True)
class TakenOut:
    """Who took a file out, and when."""

    name: str
    at: datetime


def taken_out(actor: Actor, files: Iterable[Attachment]) -> dict[UUID, TakenOut]:
    """Return how files that the actor sees were taken out, by file."""
    gone = [file.pk for file in files if file.state == FileState.TAKEN_OUT]
    if not gone:
        return {}
    events = Event.objects.visible_to(actor).filter(type="attachment.taken_out", subject_id__in=gone)
    by = ((event, event.by_contact or event.by_user) for event in events.select_related("by_user", "by_contact"))
    return {event.subject_id: TakenOut(person.name if person else "", event.at) for event, person in by}


def is_evidence(file: Attachment) -> bool:
    """Whether something rests on the file: an answer that was written down, a value that was measured."""
    return Attachment.objects.filter(reduce(or_, file_holders(SYSTEM)), pk=file.pk).exists()


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


def get_page(actor: Actor, attachment_id: UUID, number: int) -> Attachment:
    """Return a file whose page `number` (from 1) can be shown. Raises `NotFound`."""
    attachment = get_clean_attachment(actor, attachment_id)
    if not 1 <= number <= attachment.preview_pages:
        raise NotFound
    return attachment


def recorded_evidence(actor: Actor) -> Exists:
    """Return the condition for a file that shows an answer which was written down and which the actor sees."""
    return Exists(Question.objects.visible_to(actor).filter(evidence=OuterRef("pk")))
