"""Words beside a row or in the room, from either side."""

from typing import Any
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
from crm.queries.comment import readers_of
from crm.registry import commentable
from crm.rules.mentions import mentioned

LIMIT = 5000


@transaction.atomic
def add_comment(
    *,
    actor: Actor,
    room_id: UUID,
    body: str,
    section: str = "",
    subject_id: UUID | None = None,
    reply_to: UUID | None = None,
    disputes: bool = False,
    private: bool = False,
) -> Comment:
    """Comment on a row (`subject_id`) of a section, on a section, or on the room as a whole (`section` empty).

    `reply_to` is a comment it answers: then it stands where that one stands, and opens its thread again. `disputes` says that
    the writer sees the row otherwise, which everybody at the table is told. `private` keeps it on the actor's side, where words
    about a draft stay in any case: the others cannot see what they are about. People named with an @ are told, as far as they see
    it. Raises `Invalid`, `NotFound` (a section outside the grant, too).
    """
    body = _body(body)
    room = lock_room(actor, room_id)
    first = _first_of_thread(actor, room, reply_to)
    if first is not None:
        section, subject_id, private = first.section, first.subject_id, bool(first.private_to)
    private = _is_about_draft(actor, room, section, subject_id) or private
    _check_dispute(disputes, subject_id, private, first)
    at = now()
    comment = Comment(
        room=room,
        section=section,
        subject_id=subject_id,
        reply_to=first,
        body=body,
        is_dispute=disputes,
        private_to=actor.side if private else "",
        created_at=at,
        updated_at=at,
        **actor.authorship,
    )
    named: list[UUID] = mentioned(body, readers_of(comment))
    comment.mentioned = named
    comment.save()
    if first is not None and first.resolved_at is not None:
        _set_resolved(actor, room, first, resolved=False)
    _record("comment.added", actor, room, comment)
    return comment


@transaction.atomic
def resolve_comment(*, actor: Actor, comment_id: UUID, version: int) -> Comment:
    """Say that the thread of a comment is settled; who said so and when stays beside its first. Answering opens it again.

    Returns the first of the thread. That somebody sees a row otherwise is settled by their own side alone. Raises `NotAllowed`,
    `NotFound`, `Stale`.
    """
    room, first = _lock_thread(actor, comment_id, version)
    if first.is_dispute and first.by_side != actor.side:
        raise NotAllowed(_("Only the side that sees it differently says when that is settled."), code="not_yours")
    if first.resolved_at is None:
        _set_resolved(actor, room, first, resolved=True)
    return first


@transaction.atomic
def reopen_comment(*, actor: Actor, comment_id: UUID, version: int) -> Comment:
    """Say that the thread of a comment is not settled after all; returns its first."""
    room, first = _lock_thread(actor, comment_id, version)
    if first.resolved_at is not None:
        _set_resolved(actor, room, first, resolved=False)
    return first


def _set_resolved(actor: Actor, room: Room, comment: Comment, *, resolved: bool) -> None:
    contact = actor.participant.contact if actor.participant else None
    changes = {
        "resolved_at": now() if resolved else None,
        "resolved_by_user": actor.user if resolved else None,
        "resolved_by_contact": contact if resolved else None,
    }
    save_changes(comment, changes)
    _record("comment.resolved" if resolved else "comment.reopened", actor, room, comment)


def _first_of_thread(actor: Actor, room: Room, reply_to: UUID | None) -> Comment | None:
    """Return the comment a thread began with, locked. Raises `Invalid` for one that is not to be seen in this room."""
    if reply_to is None:
        return None
    found = Comment.objects.visible_to(actor).filter(room=room, pk=reply_to).first()
    if found is None:
        raise Invalid.field("reply_to", _("What you answer is no longer here."), code="unknown")
    locked = Comment.objects.select_for_update(of=("self",), no_key=True)
    return locked.get(pk=found.reply_to_id or found.pk)


def _check_dispute(disputes: bool, subject_id: UUID | None, private: bool, first: Comment | None) -> None:
    if disputes and (subject_id is None or private or first is not None):
        words = _("Say about which statement you see it differently, and say it to everybody.")
        raise Invalid.field("disputes", words, code="not_a_dispute")


@transaction.atomic
def change_comment(*, actor: Actor, comment_id: UUID, version: int, body: str) -> Comment:
    """Change one's own words. Raises `NotAllowed` for anybody else's, `Stale`."""
    body = _body(body)
    room, comment = _lock_own(actor, comment_id)
    check_version(comment, version)
    names = {"mentioned": mentioned(body, readers_of(comment))}
    if save_changes(comment, {"body": body} | names):
        _record("comment.changed", actor, room, comment)
    return comment


@transaction.atomic
def archive_comment(*, actor: Actor, comment_id: UUID, version: int) -> Comment:
    """Take one's own comment out of sight. Raises `NotAllowed` for anybody else's, `Stale`.

    The first of a thread stays while answers stand below it, without its words: those of others are not taken away with it.
    """
    room, comment = _lock_own(actor, comment_id)
    check_version(comment, version)
    if comment.replies.filter(archived_at=None).exists():
        changes: dict[str, Any] = {"body": "", "mentioned": [], "is_dispute": False}
    else:
        changes = {"archived_at": now()}
    if save_changes(comment, changes):
        _record("comment.archived", actor, room, comment)
    _take_away_empty_first(comment)
    return comment


def _take_away_empty_first(comment: Comment) -> None:
    """Take the first of a thread away after its last answer, when nothing but its place was left of it."""
    first = comment.reply_to
    if first is not None and first.is_taken_away and not first.replies.filter(archived_at=None).exists():
        save_changes(first, {"archived_at": comment.archived_at})


def _body(body: str) -> str:
    checks = Checks()
    body = checks.text("body", body, limit=LIMIT)
    checks.done()
    return body


def _is_about_draft(actor: Actor, room: Room, section: str, subject_id: UUID | None) -> bool:
    """Say whether only the actor's side sees what is spoken of. Raises `Invalid` or `NotFound` when the actor does not."""
    if actor.participant and section and not actor.participant.sees(section):
        raise NotFound
    if not section and subject_id is None:
        return False
    place = commentable(section)
    if place is None:
        raise Invalid.field("section", _("There is no such section."), code="unknown")
    side = "" if subject_id is None else place.row_side(actor, room, subject_id)
    if side is None:
        raise Invalid.field("subject", _("What this is about is no longer here."), code="unknown")
    return bool(side)


def _lock(actor: Actor, comment_id: UUID) -> tuple[Room, Comment]:
    found = Comment.objects.visible_to(actor).filter(pk=comment_id).first()
    if found is None:
        raise NotFound
    room = lock_room(actor, found.room_id)
    visible = Comment.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    comment = visible.filter(pk=found.pk).first()
    if comment is None:
        raise NotFound
    return room, comment


def _lock_thread(actor: Actor, comment_id: UUID, version: int) -> tuple[Room, Comment]:
    """Return the first of a comment's thread, locked. Raises `Stale` unless the comment is at `version`."""
    room, comment = _lock(actor, comment_id)
    check_version(comment, version)
    if comment.reply_to_id is None:
        return room, comment
    return room, Comment.objects.select_for_update(of=("self",), no_key=True).get(pk=comment.reply_to_id)


def _lock_own(actor: Actor, comment_id: UUID) -> tuple[Room, Comment]:
    room, comment = _lock(actor, comment_id)
    writer = actor.participant.contact_id if actor.participant else actor.user and actor.user.pk
    if writer is None or writer not in (comment.by_contact_id, comment.by_user_id):
        raise NotAllowed(_("Only whoever wrote a comment changes it or takes it away."), code="not_yours")
    return room, comment


def _record(event: str, actor: Actor, room: Room, comment: Comment) -> None:
    data = {
        "section": comment.section,
        "subject": str(comment.subject_id or ""),
        "version": comment.version,
        "dispute": comment.is_dispute,
        "mentioned": [str(one) for one in comment.mentioned],
    }
    record(event, actor=actor, room=room, subject=comment, private_to=comment.private_to, data=data)
