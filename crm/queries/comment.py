"""Reading comments, thread by thread."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from crm.actors import Actor
from crm.models import Comment, Participant, Room, RoomMember, Side
from crm.models.comment import COMMENT_WORDS
from crm.queries.search import worded
from crm.registry import commentable, section_panels
from crm.rules.search import Query, excerpt
from crm.search import Found


@dataclass(frozen=True)
class Thread:
    """A comment with the answers to it, oldest first."""

    first: Comment
    replies: Sequence[Comment]

    @property
    def about(self) -> str:
        """The section as a whole that it is about, as the room calls it; empty for what stands beside a row, or for none."""
        labels = {panel.section: str(panel.label) for panel in section_panels()}
        return labels.get(self.first.section, "") if self.first.subject_id is None else ""

    @property
    def is_resolved(self) -> bool:
        """Whether somebody said that it is settled."""
        return self.first.resolved_at is not None


WRITTEN_BY = ("by_user", "by_contact__organization", "resolved_by_user", "resolved_by_contact")
"""What a query selects along to name who wrote a comment and who settled it."""


def threads_of(comments: Iterable[Comment]) -> list[Thread]:
    """Return comments that come oldest first as threads; open ones first, then by age."""
    replies: dict[UUID, list[Comment]] = {}
    firsts = []
    for comment in comments:
        if comment.reply_to_id is None:
            firsts.append(comment)
        else:
            replies.setdefault(comment.reply_to_id, []).append(comment)
    threads = [Thread(first, replies.get(first.pk, ())) for first in firsts]
    return sorted(threads, key=lambda one: one.is_resolved)


def room_threads(actor: Actor, room_id: UUID) -> list[Thread]:
    """Return what was said in the room about nothing in particular, or about a section as a whole, thread by thread.

    A side's own such words are in it for that side.
    """
    said = Comment.objects.visible_to(actor).beside_no_row().filter(room=room_id)
    return threads_of(said.select_related(*WRITTEN_BY).order_by("created_at", "id"))


def comment_url(actor: Actor, comment: Comment) -> str:
    """Return where a comment stands, for whoever acts: beside its row, or among what was said in the room."""
    place = commentable(comment.section) if comment.section else None
    if place is not None and comment.subject_id is not None:
        return f"{place.url(actor, comment.subject_id)}#comment-{comment.pk}"
    name = "room:words" if actor.participant else "crm:words"
    return f"{reverse(name, args=[comment.room_id])}#comment-{comment.pk}"


def readers_of(comment: Comment) -> dict[UUID, str]:
    """Return who of the room sees a comment (ids of users and participants with their names): whom an @ in it can mean."""
    return _readers(comment.room, comment.section, comment.private_to, comment.by_contact_id)


def people_to_name(actor: Actor, room: Room, section: str = "") -> list[str]:
    """Return the names of those who read what is said to everybody about a section ("": about nothing in particular).

    The actor is left out, and so are people of one name, whom an @ cannot tell apart.
    """
    me = actor.participant.pk if actor.participant else getattr(actor.user, "pk", None)
    readers = _readers(room, section, "", None)
    called = Counter(name.casefold() for name in readers.values())
    return sorted(name for pk, name in readers.items() if pk != me and called[name.casefold()] == 1)


def _readers(room: Room, section: str, private_to: str, contact_id: UUID | None) -> dict[UUID, str]:
    people: dict[UUID, str] = {}
    if private_to in ("", Side.SELLER):
        people[room.owner_id] = room.owner.name
        members = RoomMember.objects.filter(room=room, user__is_active=True).select_related("user")
        people |= {member.user_id: member.user.name for member in members}
    if private_to != Side.SELLER:
        grants = Participant.objects.active().filter(room=room).select_related("contact")
        if private_to:
            grants = grants.filter(side=private_to)
        if private_to == Side.PARTNER:  # partners may come from different firms
            grants = grants.filter(contact=contact_id)
        people |= {grant.pk: grant.contact.name for grant in grants if not section or grant.sees(section)}
    return people


def find_comments(actor: Actor, query: Query, limit: int) -> list[Found]:
    """Return what was said in rooms with these words, newest first."""
    rows = Comment.objects.visible_to(actor).select_related("room", *WRITTEN_BY[:2])
    return [
        Found(
            one.pk,
            excerpt(one.body, query),
            f"{one.author_name}, {one.room.title}",
            reverse("crm:comment", args=[one.pk]),
        )
        for one in worded(rows, COMMENT_WORDS, query, limit)
    ]
