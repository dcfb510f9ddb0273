"""Files: the row stays without name and content, the bytes go unless another row has the same."""

from typing import Any

from crm.actors import SYSTEM
from crm.events.record import record
from crm.models import NO_CONTENT, Attachment, FileState
from crm.personal_data.rows import erased_words


def erase_files(rows: Any) -> int:
    """Empty these rows. The event of each owes the removal of the bytes, which is done after commit, at least once."""
    changed = 0
    for file in rows.exclude(state=FileState.REFUSED, sha256=NO_CONTENT).select_related("room").order_by("pk"):
        Attachment.objects.filter(pk=file.pk).update(
            name=erased_words(), sha256=NO_CONTENT, size=0, state=FileState.REFUSED, preview_pages=0
        )
        data = {"left_sha256": file.sha256} if file.sha256 != NO_CONTENT else {}
        record("attachment.erased", actor=SYSTEM, room=file.room, subject=file, private_to=file.private_to, data=data)
        changed += 1
    return changed
