"""The file that shows a number: taken in and looked into at once, since the measurement rests on it."""

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from crm.actions.attachment import add_attachment, check_attachment
from crm.actors import Actor
from crm.errors import FieldFault, Invalid
from handoff.actions.measurement import record_measurement
from handoff.models import Goal


@transaction.atomic
def record_with_file(actor: Actor, goal: Goal, values: dict[str, Any]) -> Any:
    """Record a measurement with the file of its form, both or neither. Raises `Invalid` at the field."""
    evidence = _taken(actor, goal.plan.room_id, values.pop("evidence", None))
    return record_measurement(actor=actor, goal_id=goal.pk, evidence=evidence, **values)


def _taken(actor: Actor, room_id: UUID, file: UploadedFile | None) -> UUID | None:
    if file is None:
        return None
    content = cast(BinaryIO, file)
    try:
        taken = add_attachment(actor=actor, room_id=room_id, name=file.name or "", content=content, size=file.size)
    except Invalid as error:
        faults = [FieldFault("evidence", one.code, one.message) for one in error.faults]
        raise Invalid(error.message, faults=faults) from error
    return check_attachment(attachment_id=taken.pk).pk
