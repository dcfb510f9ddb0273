"""Mails about deals to people of the room: a close that was undone, an ending, words of thanks. One delivery for each person."""

from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import now
from crm.mail.consent import TOO_OLD
from crm.mail.message import Mail, room_url, send
from crm.models import Answer, Consent, Event, LedgerPayload, MailKind, Participant
from deals.models import MOVE, Deal, Thanks
from deals.queries.ending import answering_buyers, endings_of


def who_agreed(event: Event) -> list[UUID]:
    """Return who had said yes to the close that was undone and still comes in: ids of participants."""
    return list(_agreed(event).order_by("pk").values_list("pk", flat=True).distinct())


def mail_win_undone(event: Event, to: UUID) -> None:
    """Tell somebody what was undone, by whom and why, and what stays: `deal.win_undone`. They may have switched receipts off."""
    person = _agreed(event).select_related("contact", "room").filter(pk=to).first()
    if person is None or now() - event.at > TOO_OLD or MailKind.RECEIPT in person.contact.mails_off:
        return
    consent = Consent.objects.filter(participant=person, kind=MOVE, subject_id=event.data["move"]).latest("pk")
    receipt = reverse("room:receipt", args=[person.room_id, consent.pk])
    context = {
        "by": event.by_user,
        "reason": _reason(event),
        "deal": Deal.objects.get(pk=event.subject_id),
        "answered_at": consent.said_at,
        "url": room_url(receipt, person.contact),
        "choice_url": room_url(f"{reverse('room:kept', args=[person.room_id])}#mails", person.contact),
    }
    subject = lambda: _("What you agreed to was undone")  # noqa: E731
    mail = Mail(
        person.contact, "deals/mail/win_undone", subject, context, sender=event.by_user, id=uuid5(event.pk, str(to))
    )
    send(mail)


def _agreed(event: Event) -> Any:
    yeses = Consent.objects.filter(kind=MOVE, subject_id=event.data["move"], answer=Answer.AGREED)
    return Participant.objects.active().filter(pk__in=yeses.values("participant"))


def _reason(event: Event) -> str:
    """Return what was said for it, as the record of the room keeps it; empty when that was erased."""
    payloads = LedgerPayload.objects.filter(entry__room=event.room_id, entry__type="undone")
    found = payloads.filter(content__move=event.data["move"]).first()
    return str(found.content["reason"]) if found else ""


def told_of_ending(event: Event) -> list[UUID]:
    """Return who answers for the client, and so hears what was written down in their name: ids of participants."""
    return list(answering_buyers(event.room_id).order_by("pk").values_list("pk", flat=True))


def mail_ending(event: Event, to: UUID) -> None:
    """Tell a buyer who wrote down that both sides agreed not to go on: `deal.ended_in_agreement`. Nothing once it is open again."""
    person = answering_buyers(event.room_id).select_related("contact", "room").filter(pk=to).first()
    deal = Deal.objects.select_related("organization").get(pk=event.subject_id)
    ending = endings_of([deal]).get(deal.pk)
    is_that_one = ending is not None and ending.at <= event.at
    if person is None or not is_that_one or now() - event.at > TOO_OLD or MailKind.RECORDED in person.contact.mails_off:
        return
    context = {
        "ending": ending,
        "deal": deal,
        "url": room_url(reverse("deals_room:ending", args=[person.room_id, deal.pk]), person.contact),
        "choice_url": room_url(f"{reverse('room:kept', args=[person.room_id])}#mails", person.contact),
    }
    subject = partial(_ending_subject, event, person)
    template = "deals/mail/ending"
    send(Mail(person.contact, template, subject, context, sender=event.by_user, id=uuid5(event.pk, str(to))))


def _ending_subject(event: Event, person: Participant) -> str:
    name = event.by_user.name if event.by_user else settings.ORGANIZATION_SHORT_NAME
    return _("%(name)s wrote down that we do not go on: %(room)s") % {"name": name, "room": person.room.title}


def thanked(event: Event) -> list[UUID]:
    """Return who gets the words."""
    return [UUID(id) for id in event.data["participants"]]


def mail_thanks(event: Event, to: UUID) -> None:
    """Send words of thanks to somebody who is still in the room: `deal.thanked`."""
    thanks = Thanks.objects.select_related("by_user", "deal").filter(pk=event.subject_id).first()
    grant = Participant.objects.active().select_related("contact").filter(pk=to).first()
    if thanks is None or grant is None or MailKind.THANKS in grant.contact.mails_off:
        return
    name = thanks.by_user.name
    context = {
        "words": thanks.words,
        "name": name,
        "url": room_url(reverse("room:today", args=[grant.room_id]), grant.contact),
        "choice_url": room_url(f"{reverse('room:kept', args=[grant.room_id])}#mails", grant.contact),
    }
    subject = lambda: _("Thank you from %(name)s") % {"name": name}  # noqa: E731
    send(Mail(grant.contact, "thanks", subject, context, sender=thanks.by_user, id=uuid5(event.pk, str(to))))
