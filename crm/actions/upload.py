"""Files of forms: looked into and kept as they come, put into the room when their form is taken, swept otherwise."""

from datetime import timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.attachment import add_attachment, check_attachment, measured, refusal
from crm.actions.room import lock_room
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid
from crm.files import looked_into
from crm.models import Attachment, Upload
from crm.queries.room import get_room
from crm.rules.file_types import FileFault

KEPT_FOR = timedelta(days=1)
"""How long a form may be mended until its file must be chosen again."""


@transaction.atomic
def keep_upload(*, actor: Actor, room_id: UUID, name: str, content: BinaryIO, size: int | None = None) -> Upload:
    """Look into a file that came with a form about a room, and keep it for whoever sent it. Raises `Invalid` at `file`."""
    checks = Checks()
    name = checks.line("file", name, limit=1000)
    checks.done()
    get_room(actor, room_id)
    try:
        file = measured(name, content, size)
        looked_into(content, file.content_type, file.size)
    except FileFault as fault:
        raise refusal(fault) from fault
    room = lock_room(actor, room_id)  # not before: a large picture takes seconds
    upload = Upload.objects.create(room=room, name=file.name, size=file.size, created_at=now(), **actor.authorship)
    content.seek(0)
    default_storage.save(upload.path, File(content))
    return upload


def kept_upload(*, actor: Actor, room_id: UUID, upload_id: str) -> Upload:
    """Return a file that the actor sent with a form about this room. Raises `Invalid` at `file` when it is not kept."""
    mine = Upload.objects.visible_to(actor).filter(room=room_id, created_at__gt=now() - KEPT_FOR)
    try:
        upload = mine.filter(pk=UUID(upload_id)).first()
    except ValueError:
        upload = None
    if upload is None:
        raise Invalid.field("file", _("This file is not kept any more. Choose it once more."), code="not_kept")
    return upload


@transaction.atomic
def attach_upload(*, actor: Actor, upload: Upload) -> Attachment:
    """Put a kept file into its room, checked, for everybody there. Doing it twice gives the same file."""
    lock_room(actor, upload.room_id)
    kept = Upload.objects.select_for_update(of=("self",), no_key=True).select_related("attachment").get(pk=upload.pk)
    if kept.attachment is None:
        with default_storage.open(kept.path, "rb") as content:
            added = add_attachment(actor=actor, room_id=kept.room_id, name=kept.name, content=cast(BinaryIO, content))
        kept.attachment = check_attachment(attachment_id=added.pk)
        kept.save(update_fields=["attachment"])
    return kept.attachment


def sweep_uploads() -> int:
    """Delete what no form can take any more; return how many there were. The bytes go first: a row alone does no harm."""
    old = list(Upload.objects.filter(created_at__lte=now() - 2 * KEPT_FOR))
    for upload in old:
        default_storage.delete(upload.path)
        upload.delete()
    return len(old)
