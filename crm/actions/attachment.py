"""Files come in, lie in quarantine until they are checked, and only then can be opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.room import lock_room
from crm.actors import SYSTEM, Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound, Refused, Words
from crm.events.record import record
from crm.files import hold, keep, keep_pages, looked_into, measure, open_content, remove
from crm.models import NO_CONTENT, Attachment, FileState
from crm.previews import draw_pages
from crm.queries.attachment import get_attachment, is_evidence
from crm.queries.room import get_room
from crm.rules.file_types import SIZE_LIMIT, FileFault, clean_name, type_of

WORDS: dict[str, Words] = {
    "empty": _("This file is empty."),
    "too_large": _("This file is larger than 25 MB. Send a smaller one."),
    "unknown_type": _("Files of this kind are not taken. PDF, pictures, text, CSV, saved mails, Word and Excel are."),
    "active_content": _("This file holds something that runs. Save it as PDF and send that."),
    "unreadable": _("This file is damaged and cannot be read."),
    "packed_too_large": _("This file unpacks to far more than its size. It is not taken."),
    "locked": _("This file is locked with a password. Save it without one."),
}
"""Why a file is not taken, in words, by the code of its `FileFault`."""


@transaction.atomic
def add_attachment(
    *, actor: Actor, room_id: UUID, name: str, content: BinaryIO, size: int | None = None, private: bool = False
) -> Attachment:
    """Put a file into a room. It is checked in the background (`check_attachment`) before anybody can open it.

    `size` is what the sender says; it only saves reading what is too large anyway. Raises `Invalid` at `file`.
    """
    checks = Checks()
    name = checks.line("file", name, limit=1000)
    checks.done()
    get_room(actor, room_id)
    try:
        file = measured(name, content, size)
    except FileFault as fault:
        raise refusal(fault) from fault
    room = lock_room(actor, room_id)  # not before: to read a large file takes a while
    keep(content, file.sha256)
    attachment = Attachment.objects.create(
        room=room,
        name=file.name,
        content_type=file.content_type,
        size=file.size,
        sha256=file.sha256,
        private_to=actor.side if private else "",
        created_at=now(),
        **actor.authorship,
    )
    _record("attachment.added", actor, attachment, {})
    return attachment


@dataclass(frozen=True)
class Measured:
    """What a file is by what is in it: a name that suits its type, the SHA-256 and the size of its bytes."""

    name: str
    content_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class _LookedInto:
    """Why a file is refused (empty: it is not), and what is served in its place (None: the file itself), measured."""

    fault: str = ""
    redrawn: BinaryIO | None = None
    sha256: str = ""
    size: int = 0


def measured(name: str, content: BinaryIO, size: int | None = None) -> Measured:
    """Return what a file is; `size` is what the sender says. Raises `FileFault`."""
    if size is not None and size > SIZE_LIMIT:
        raise FileFault("too_large")
    sha256, size = measure(content)
    content_type = type_of(content, name)
    return Measured(clean_name(name, content_type), content_type, sha256, size)


def refusal(fault: FileFault) -> Invalid:
    """Return why a file is not taken, in words."""
    return Invalid.field("file", WORDS[fault.code], code=fault.code)


@transaction.atomic
def check_attachment(*, attachment_id: UUID) -> Attachment:
    """Look into a quarantined file and let it out, or refuse it. Checking twice changes nothing.

    Images are drawn anew, so what is served is never the bytes that came. A page that needs the file at once (evidence
    of a recorded answer) may call this itself.
    """
    found = Attachment.objects.filter(pk=attachment_id).first()
    if found is None:
        raise NotFound
    seen = _looked_into(found) if found.state == FileState.QUARANTINED else _LookedInto()
    lock_room(SYSTEM, found.room_id)
    attachment = Attachment.objects.select_for_update(of=("self",), no_key=True).select_related("room").get(pk=found.pk)
    if attachment.state != FileState.QUARANTINED:  # checked, taken out or erased meanwhile
        return attachment
    if seen.fault:
        attachment.state = FileState.REFUSED
        attachment.save(update_fields=["state"])
        _record("attachment.refused", SYSTEM, attachment, {"reason": seen.fault})
    else:
        left = _put_in_place(attachment, seen)
        attachment.state = FileState.CLEAN
        attachment.save(update_fields=["state", "sha256", "size"])
        _record("attachment.checked", SYSTEM, attachment, left)
    return attachment


def _put_in_place(attachment: Attachment, seen: _LookedInto) -> dict[str, str]:
    """Keep what was drawn anew in the place of what came in; return what the event says of the content that is left.

    The content is held behind the room's lock, as by whoever adds the same one meanwhile.
    """
    if seen.redrawn is None or seen.sha256 == attachment.sha256:
        return {}
    left = {"left_sha256": attachment.sha256}
    keep(seen.redrawn, seen.sha256)
    attachment.sha256, attachment.size = seen.sha256, seen.size
    return left


def draw_attachment(*, attachment_id: UUID) -> None:
    """Keep pictures of the first pages of a checked file, to look at it without opening it. Drawing twice changes nothing.

    In the background only: it may take seconds. The room is not locked meanwhile.
    """
    found = Attachment.objects.filter(pk=attachment_id, state=FileState.CLEAN, preview_pages=0).first()
    if found is None:
        return
    with open_content(found.sha256) as content:
        pages = draw_pages(content, found.content_type)
    if pages:
        _keep_drawn(found, pages)


@transaction.atomic
def _keep_drawn(found: Attachment, pages: Sequence[bytes]) -> None:
    lock_room(SYSTEM, found.room_id)
    still_there = Attachment.objects.filter(pk=found.pk, sha256=found.sha256, state=FileState.CLEAN)
    attachment = still_there.select_for_update(of=("self",), no_key=True).select_related("room").first()
    if attachment is None:  # erased while it was drawn
        return
    hold(attachment.sha256)
    keep_pages(pages, attachment.sha256)
    attachment.preview_pages = len(pages)
    attachment.save(update_fields=["preview_pages"])
    _record("attachment.drawn", SYSTEM, attachment, {})


@transaction.atomic
def take_out_attachment(*, actor: Actor, attachment_id: UUID) -> Attachment:
    """Take a file out of its room: its content goes, that it was there and who took it out stays. Doing it twice is once.

    Raises `NotFound`, `NotAllowed` for anybody but who put it in and the room's owner, and `Refused` for evidence.
    """
    found = get_attachment(actor, attachment_id)
    room = lock_room(actor, found.room_id)
    attachment = Attachment.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    attachment.room = room
    if attachment.state == FileState.TAKEN_OUT:
        return attachment
    if not attachment.may_be_taken_out_by(actor):
        raise NotAllowed(_("Whoever put a file in takes it out, or the owner of the room."), code="not_yours")
    if is_evidence(attachment):
        raise Refused(_("This file shows what was answered or measured, and stays for that."), code="evidence")
    left = {"left_sha256": attachment.sha256} if attachment.sha256 != NO_CONTENT else {}
    attachment.state, attachment.sha256 = FileState.TAKEN_OUT, NO_CONTENT
    attachment.size = attachment.preview_pages = 0
    attachment.save(update_fields=["state", "sha256", "size", "preview_pages"])
    _record("attachment.taken_out", actor, attachment, left)
    return attachment


@transaction.atomic
def remove_left_content(*, sha256: str) -> None:
    """Remove the bytes of a content that no file has any more: the original of a picture drawn anew, an erased file."""
    hold(sha256)
    if not Attachment.objects.filter(sha256=sha256).exists():
        remove(sha256)


def _looked_into(attachment: Attachment) -> _LookedInto:
    try:
        with open_content(attachment.sha256) as content:
            if measure(content)[0] != attachment.sha256:
                raise FileFault("unreadable")
            served = looked_into(content, attachment.content_type, attachment.size)
            return _LookedInto("", served, *measure(served)) if served is not content else _LookedInto()
    except FileFault as fault:
        return _LookedInto(fault.code)


def _record(event: str, actor: Actor, attachment: Attachment, data: dict[str, str]) -> None:
    facts = {"content_type": attachment.content_type, **data}
    private_to = attachment.private_to
    record(event, actor=actor, room=attachment.room, subject=attachment, private_to=private_to, data=facts)
