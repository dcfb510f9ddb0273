"""Keeping on the deal whether it waits for the client, so that the board need not look at every question."""

from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, When

from crm.actions.room import lock_room
from crm.actors import SYSTEM, Actor
from crm.models import Event
from deals.actions.stage_total import recounted
from deals.models import Deal
from deals.queries.waiting import deal_asked_about, question_waits

EVENTS = (
    "consent.asked",
    "consent.given",
    "consent.change_suggested",
    "consent.declined",
    "consent.cancelled",
    "consent.replaced",
)
"""What opens and closes questions."""


def follow_question(event: Event, actor: Actor) -> None:
    """Note whether the deal that a question is about waits now. Whoever asks or closes a question holds the room's lock."""
    deal_id = deal_asked_about(event.data["kind"], UUID(event.data["subject"]))
    if deal_id is not None:
        _note(deal_id)


def recount_waiting() -> int:
    """Set right which deals wait, one transaction each, and return how many were wrong: see `recount_stage_totals`."""
    waits = Case(When(question_waits(), then=True), default=False)
    wrong = Deal.objects.alias(waits=waits).exclude(waits_for_client=F("waits")).order_by("pk")
    return sum(_note_locked(room_id, deal_id) for room_id, deal_id in list(wrong.values_list("room_id", "pk")))


@transaction.atomic
def _note_locked(room_id: UUID, deal_id: UUID) -> bool:
    lock_room(SYSTEM, room_id)
    return _note(deal_id)


def _note(deal_id: UUID) -> bool:
    """Write down whether it waits, and return whether that is new. Version and time of the deal's last change stay."""
    deal = Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=deal_id)
    waits = Deal.objects.filter(question_waits(), pk=deal_id).exists()
    if deal.waits_for_client == waits:
        return False
    deal.waits_for_client = waits
    with recounted(Deal.objects.filter(pk=deal_id)):
        deal.save(update_fields=["waits_for_client"])
    return True
