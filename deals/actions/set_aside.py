"""Keeping the words that a decision between two versions left out."""

from collections.abc import Sequence
from typing import Any

from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.events.record import record
from crm.models import Draftable, Participant, Room, Side
from crm.rules.merge import GivenUp
from deals.models import Section, SetAside


def set_words_aside(actor: Actor, room: Room, section: Section, row: Draftable, given_up: Sequence[GivenUp]) -> None:
    """Keep words of a locked row that is about to change. What the actor had typed is the actor's side's alone."""
    at = now()
    for one in given_up:
        words = Checks().text(one.field, one.words)  # an unkept text is judged by nobody else
        if not words:
            continue
        kept = SetAside.objects.create(
            section=section,
            row_id=row.pk,
            field=one.field,
            words=words,
            private_to=actor.side if one.is_mine else row.private_to,
            written_at=at if one.is_mine else row.updated_at,
            created_at=at,
            **(actor.authorship if one.is_mine else _writer(row, room)),
        )
        data = {"deal": str(section.deal_id), "section": section.kind, "row": str(row.pk), "mine": one.is_mine}
        data["whose"] = str(kept.by_contact_id or kept.by_user_id or "")
        record("words.set_aside", actor=actor, room=room, subject=kept, private_to=kept.private_to, data=data)


def _writer(row: Draftable, room: Room) -> dict[str, Any]:
    """Return whose words stand in a row: of whoever changed it last, or who began it."""
    if contact := row.changed_by_contact:
        grants = Participant.objects.filter(room=room, contact=contact)
        return {"by_contact": contact, "by_side": grants.values_list("side", flat=True).first() or Side.BUYER}
    if row.changed_by_user:
        return {"by_user": row.changed_by_user, "by_side": Side.SELLER}
    return {"by_contact": row.by_contact, "by_user": row.by_user, "by_side": row.by_side}
