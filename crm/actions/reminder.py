"""Being reminded of a question: only when the person who was asked wants it, once, and never after an answer."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.consent import lock_question
from crm.actors import Actor
from crm.clock import now
from crm.errors import Invalid, Refused
from crm.events.record import record
from crm.models import Question

DAYS = (1, 3, 7)
"""After how many days a reminder may come."""


@transaction.atomic
def want_reminder(*, actor: Actor, question_id: UUID, days: int | None) -> Question:
    """Say in how many days one wants to be reminded of a question to oneself; None: not at all.

    A later choice takes the place of an earlier one. Raises `NotFound`, `NotAllowed` for anybody else's question, `Invalid`, and
    `Refused` when it was answered already.
    """
    if days is not None and days not in DAYS:
        raise Invalid.field("days", _("Choose one, three or seven days."), code="not_a_choice")
    question, room = lock_question(actor, question_id)
    if not question.is_open:
        raise Refused(_("This question was answered or taken back already."), code="already_answered")
    question.remind_at = now() + timedelta(days=days) if days else None
    question.save(update_fields=["remind_at"])
    if question.remind_at is not None:
        record(
            "consent.reminder_wanted",
            actor=actor,
            room=room,
            subject=question,
            private_to=actor.side,
            data={"participant": str(question.asked_of_id), "at": question.remind_at.isoformat()},
            deliver_at=question.remind_at,
        )
    return question
