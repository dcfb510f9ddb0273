"""Mails about questions and answers: consumers of the outbox, so each leaves at least once, always with the same id."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.actors import as_participant
from crm.clock import now
from crm.mail.message import Mail, room_url, send
from crm.models import Consent, Event, Question
from crm.pdf.receipt import receipt_pdf
from crm.queries.receipt import receipts_of
from crm.queries.subject import names_of, subjects_of
from crm.registry import consent_kind

TOO_OLD = timedelta(days=3)
"""Nobody needs a mail about what happened longer ago: an outbox that stood still does not pour out old news."""


def mail_question(event: Event) -> None:
    """Tell somebody that they are asked: `consent.asked`. Nothing is sent once the question is closed."""
    question = _question_told_by(event)
    if question is None or not question.is_open:
        return
    subject = partial(_subject, gettext_lazy("%(name)s asks you about %(what)s: %(room)s"), question)
    _send(event, question, "asked", subject, _answer_url(question))


def mail_answer(event: Event) -> None:
    """Send the receipt of an answer, or tell somebody what was written down in their name; both with the receipt as a PDF."""
    question = _question_told_by(event)
    if question is None:
        return
    url = reverse("room:receipt", args=[question.room_id, event.subject_id])
    if question.is_recorded:
        about = gettext_lazy("%(name)s wrote down your answer about %(what)s: %(room)s")
        told, subject = "recorded", partial(_subject, about, question)
    else:
        told, subject = "receipt", partial(_, "What you answered, for your records")
    _send(event, question, told, subject, url, attachment=lambda: _receipt(question))


def mail_reminder(event: Event) -> None:
    """Remind somebody who wanted it: `consent.reminder_wanted`, at the time they chose. Never after an answer."""
    question = Question.objects.select_related("asked_of__contact", "asked_by", "room__organization").get(
        pk=event.subject_id
    )
    is_wanted = question.remind_at is not None and question.remind_at.isoformat() == event.data["at"]
    if question.is_open and is_wanted and question.asked_of.is_active:
        about = gettext_lazy("You wanted to be reminded: %(name)s asks you about %(what)s: %(room)s")
        subject = partial(_subject, about, question)
        _send(event, question, "reminder", subject, _answer_url(question))


def _subject(sentence: str | Promise, question: Question) -> str:
    """Say who, about what and in which room; what the room holds about it is for the mail and the room alone."""
    kinds = [consent_kind(kind) for kind in question.consents.order_by("pk").values_list("kind", flat=True)]
    nouns = [str(one.noun) for one in kinds]
    about = {"name": question.asked_by.name, "what": get_text_list(nouns, _("and")), "room": question.room.title}
    return str(sentence) % about


def _question_told_by(event: Event) -> Question | None:
    """Return the question an event tells about, with all its consents.

    A question about several things has an event for each, and one mail: the event of its first consent sends it.
    """
    if now() - event.at > TOO_OLD:
        return None
    questions = Question.objects.select_related("asked_of__contact", "asked_by", "room__organization")
    question = questions.get(pk=event.data["question"])
    first = Consent.objects.filter(question=question).order_by("pk").first()
    is_told = first is not None and first.pk == event.subject_id and question.asked_of.is_active
    return question if is_told else None


def _answer_url(question: Question) -> str:
    return reverse("room:answer", args=[question.room_id, question.pk])


def _receipt(question: Question) -> tuple[str, bytes, str]:
    """Return the receipt of all that one question covers, as its reader may see it."""
    receipts = receipts_of(as_participant(question.asked_of), question.consents.all())
    return f"receipt-{question.pk}.pdf", receipt_pdf(receipts), "application/pdf"


def _send(
    event: Event,
    question: Question,
    template: str,
    subject: Callable[[], str],
    url: str,
    attachment: Callable[[], tuple[str, bytes, str]] | None = None,
) -> None:
    """Send one of these mails, unless the person switched its kind off."""
    if template in question.asked_of.contact.mails_off:
        return
    contact = question.asked_of.contact
    consents = list(question.consents.select_related("revision").order_by("pk"))
    with translation.override(contact.locale):
        shown = names_of(as_participant(question.asked_of), consents, subjects_of(consents))
        labels = ", ".join(str(one.label) for one in shown)
    context: dict[str, Any] = {
        "question": question,
        "labels": labels,
        "shown": list(zip(shown, consents, strict=True)),
        "answer": consents[0],
        "room": question.room,
        "url": room_url(url, contact),
        "choice_url": room_url(f"{reverse('room:kept', args=[question.room_id])}#mails", contact),
    }
    send(Mail(contact, template, subject, context, sender=question.asked_by, id=event.pk, attachment=attachment))
