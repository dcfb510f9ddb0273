"""Words beside a row or in the room, from either side."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.room import lock_room
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import Invalid, NotAllowed, NotFound
from crm.events.record import record
from crm.models import Comment, Room
from crm.registry import commentable

LIMIT = 5000


@transaction.atomic
def add_comment(
    *,
    actor: Actor,
    room_id: UUID,
    body: str,
    section: str = "",
    subject_id: UUID | None = None,
    private: bool = False,
) -> Comment:
    """Comment on a row (`subject_id`) of a section, on a section, or on the room as a whole (`section` empty).

    `private` keeps it on the actor's side. Raises `Invalid`, `NotFound` (a section outside the grant, too).
    """
    body = _body(body)
    room = lock_room(actor, room_id)
    _check_subject(actor, room, section, subject_id)
    at = now()
    comment = Comment.objects.create(
        room=room,
        section=section,
        subject_id=subject_id,
        body=body,
        private_to=actor.side if private else "",
        created_at=at,
        updated_at=at,
        **actor.authorship,
    )
    _record("comment.added", actor, room, comment)
    return comment


@transaction.atomic
def change_comment(*, actor: Actor, comment_id: UUID, version: int, body: str) -> Comment:
    """Change one's own words. Raises `NotAllowed` for anybody else's, `Stale`."""
    body = _body(body)
    room, comment = _lock_own(actor, comment_id)
    check_version(comment, version)
    if save_changes(comment, {"body": body}):
        _record("comment.changed", actor, room, comment)
    return comment


@transaction.atomic
def archive_comment(*, actor: Actor, comment_id: UUID, version: int) -> Comment:
    """Take one's own comment out of sight. Raises `NotAllowed` for anybody else's, `Stale`."""
    room, comment = _lock_own(actor, comment_id)
    check_version(comment, version)
    if save_changes(comment, {"archived_at": now()}):
        _record("comment.archived", actor, room, comment)
    return comment


def _body(body: str) -> str:
    checks = Checks()
    body = checks.text("body", body, limit=LIMIT)
    checks.done()
    return body


def _check_subject(actor: Actor, room: Room, section: str, subject_id: UUID | None) -> None:
    if actor.participant and section and not actor.participant.sees(section):
        raise NotFound
    if not section and subject_id is None:
        return
    place = commentable(section)
    if place is None:
        raise Invalid.field("section", _("There is no such section."), code="unknown")
    if subject_id is not None and not place.has_row(actor, room, subject_id):
        raise Invalid.field("subject", _("What this is about is no longer here."), code="unknown")


def _lock_own(actor: Actor, comment_id: UUID) -> tuple[Room, Comment]:
    found = Comment.objects.visible_to(actor).filter(pk=comment_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    visible = Comment.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    comment = visible.filter(pk=found.pk).first()
    if comment is None:
        raise NotFound
    writer = actor.participant.contact_id if actor.participant else actor.user and actor.user.pk
    if writer is None or writer not in (comment.by_contact_id, comment.by_user_id):
        raise NotAllowed(_("Only whoever wrote a comment changes it or takes it away."), code="not_yours")
    return room, comment


def _record(event: str, actor: Actor, room: Room, comment: Comment) -> None:
    data = {"section": comment.section, "subject": str(comment.subject_id or ""), "version": comment.version}
    record(event, actor=actor, room=room, subject=comment, private_to=comment.private_to, data=data)
