"""The mail to somebody who is named with an @: a consumer of the outbox, one delivery for each person."""

from functools import partial
from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.actors import Actor, as_participant, as_user
from crm.mail.message import Mail, news_choice_url, room_url, send, site_url
from crm.models import Comment, Contact, Event, MailKind, Participant, User
from crm.queries.comment import comment_url


def mentioned_in(event: Event) -> list[UUID]:
    """Return who is named in a new comment: ids of users and participants."""
    return [UUID(id) for id in event.data.get("mentioned", ())]


def mail_mention(event: Event, to: UUID) -> None:
    """Tell somebody who is named in a new comment, if they see it now: `comment.added`."""
    actor = _reader(to)
    comment = Comment.objects.visible_to(actor).filter(pk=event.subject_id).first() if actor else None
    if actor is not None and comment is not None:
        _tell(event, actor, comment)


def _reader(id: UUID) -> Actor | None:
    grant = Participant.objects.active().select_related("contact", "room").filter(pk=id).first()
    if grant is not None:
        return as_participant(grant)
    user = User.objects.active().filter(pk=id).first()
    return as_user(user) if user else None


def _tell(event: Event, actor: Actor, comment: Comment) -> None:
    to: Contact | User | None = actor.participant.contact if actor.participant else actor.user
    if to is None or _is_writer(actor, comment) or MailKind.MENTION in to.mails_off:
        return
    context = {
        "name": comment.author_name,
        "words": comment.body,
        "url": _link(actor, comment_url(actor, comment)),
        "choice_url": _choice_url(actor),
    }
    send(Mail(to, "mention", partial(_subject, comment), context, id=uuid5(event.pk, str(to.pk))))


def _subject(comment: Comment) -> str:
    words = {"name": comment.author_name, "room": comment.room.title}
    return _("%(name)s asks you something in “%(room)s”") % words


def _is_writer(actor: Actor, comment: Comment) -> bool:
    return actor.participant.contact_id == comment.by_contact_id if actor.participant else actor.user == comment.by_user


def _link(actor: Actor, path: str) -> str:
    return room_url(path, actor.participant.contact) if actor.participant else site_url(path)


def _choice_url(actor: Actor) -> str:
    if actor.participant is None:
        return news_choice_url()
    return _link(actor, f"{reverse('room:kept', args=[actor.participant.room_id])}#mails")
