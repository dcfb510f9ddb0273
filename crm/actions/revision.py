"""Cutting revisions: the immutable snapshot of what somebody is asked about."""

from typing import Any
from uuid import UUID

from django.db.models import Max

from crm.actors import Actor
from crm.clock import now
from crm.models import Revision, Room
from crm.registry import ConsentKind


def cut_revision(actor: Actor, room: Room, kind: ConsentKind, subject_id: UUID, locked: Any) -> Revision:
    """Return the revision of the subject's present content, a new one unless these very words were cut before.

    The caller holds the locks of the room and of the subject (`locked`), so numbers cannot clash.
    """
    snapshot = kind.snapshot(locked)
    same = Revision.objects.filter(
        subject_id=subject_id, kind=kind.name, content_hash=snapshot.content_hash, erased_at=None
    ).order_by("-number")
    revision = same.first()
    if revision is not None:
        return revision
    last = Revision.objects.filter(subject_id=subject_id, kind=kind.name).aggregate(number=Max("number"))["number"] or 0
    return Revision.objects.create(
        room=room,
        kind=kind.name,
        subject_id=subject_id,
        number=last + 1,
        schema=snapshot.schema,
        content=snapshot.content,
        content_hash=snapshot.content_hash,
        created_at=now(),
        **actor.authorship,
    )
