"""What the ground knows that waits for somebody of ours: who asks to come in, words that nobody has answered."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor
from crm.day import Waiting
from crm.models import AccessRequest, Comment, Room, Side

LIMIT = 20


def open_requests(actor: Actor) -> Iterator[Waiting]:
    """Give those in the actor's own rooms who ask to bring somebody in."""
    mine = AccessRequest.objects.visible_to(actor).open().filter(room__owner=actor.user)
    for one in mine.select_related("asked_by__contact").order_by("created_at", "id")[:LIMIT]:
        yield Waiting(
            name=one.asked_by.contact.name,
            side=one.asked_by.side,
            sentence=_("%(name)s asks to bring in %(who)s") % {"name": one.asked_by.contact.name, "who": one.name},
            room_id=one.room_id,
            since=one.created_at,
            url=reverse("crm:room_access", args=[one.room_id]),
            action=_("Answer"),
            said=one.reason,
        )


def unanswered_words(actor: Actor) -> Iterator[Waiting]:
    """Give the threads whose last word is theirs, in the actor's own rooms, and those in which somebody names the actor.

    What is said beside the same row is one talk, whoever answered whom. Saying that a thread is settled ends the waiting as an answer does.
    """
    later = Comment.objects.filter(created_at__gt=OuterRef("created_at"), archived_at=None).filter(
        Q(reply_to=OuterRef("reply_to")) | Q(reply_to=OuterRef("pk")) | Q(subject_id=OuterRef("subject_id"))
    )
    own_rooms = Room.objects.filter(owner=actor.user)
    theirs = _open_words(actor).filter(~Exists(later), room__in=own_rooms).exclude(by_side=Side.SELLER)
    to_me = _open_words(actor).filter(~Exists(later.filter(by_user=actor.user)), mentioned__contains=[actor.id])
    for comment in {one.pk: one for one in (*theirs[:LIMIT], *to_me.exclude(by_user=actor.user)[:LIMIT])}.values():
        yield _words(actor, comment)


def _open_words(actor: Actor) -> QuerySet[Comment]:
    """Return the words the actor sees in threads that nobody said are settled, newest first."""
    is_open = Q(resolved_at=None) & (Q(reply_to=None) | Q(reply_to__resolved_at=None))
    said: QuerySet[Comment] = Comment.objects.visible_to(actor).filter(is_open).exclude(body="")
    return said.select_related("by_user", "by_contact").order_by("-created_at", "-id")


def _words(actor: Actor, comment: Comment) -> Waiting:
    if comment.is_dispute:
        sentence = _("%(name)s sees something differently")
    elif actor.id in comment.mentioned:
        sentence = _("%(name)s asks you something")
    else:
        sentence = _("%(name)s wrote something")
    return Waiting(
        name=comment.author_name,
        side=comment.by_side,
        sentence=sentence % {"name": comment.author_name},
        room_id=comment.room_id,
        since=comment.created_at,
        url=reverse("crm:comment", args=[comment.pk]),
        action=_("Answer"),
        said=comment.body,
    )
