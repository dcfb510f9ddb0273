"""Taking a deal out of all lists, and putting it back."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.room import lock_room
from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import Actor
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import Participant, Room, Side
from deals.actions.deal import lock_deal, save_deal
from deals.actions.ending import ask_no_more
from deals.models import Deal, DealStatus


@transaction.atomic
def archive_deal(*, actor: Actor, deal_id: UUID, version: int) -> Deal:
    """Take a deal out of all lists, one opened by mistake or twice. Nothing of it is deleted.

    Raises `Refused` once somebody from outside was let into its room, or it was won here: what both sides know of stays
    where both find it. Such a deal is ended. Raises `Stale` when the deal is no longer at `version`.
    """
    if not actor.is_seller:
        raise NotAllowed(_("Only the selling side changes this."))
    room, deal = lock_deal(actor, deal_id)
    check_version(deal, version, LOOK_AGAIN)
    if Participant.objects.filter(room=room).exists():
        words = _("Somebody from outside was let into its room, and keeps what is theirs there. End the deal instead.")
        raise Refused(words, code="has_guests")
    if deal.status == DealStatus.WON and not deal.is_imported:
        raise Refused(_("It was won: its handoff goes on. A manager can undo the close."), code="deal_won")
    deal.archived_at = now()
    save_deal(deal, "archived_at")
    record("deal.archived", actor=actor, room=room, subject=deal, private_to=Side.SELLER)
    ask_no_more(room, deal)
    return deal


@transaction.atomic
def restore_deal(*, actor: Actor, deal_id: UUID, version: int) -> Deal:
    """Put a deal back into the lists. Raises `NotFound` for one that is not in the archive, `Stale`."""
    found = Deal.objects.filter(pk=deal_id, archived_at__isnull=False, room__in=Room.objects.visible_to(actor)).first()
    if found is None or not actor.is_seller:
        raise NotFound
    room = lock_room(actor, found.room_id)
    deal = Deal.objects.select_for_update(of=("self",), no_key=True).get(pk=found.pk)
    check_version(deal, version, LOOK_AGAIN)
    deal.archived_at = None
    save_deal(deal, "archived_at")
    record("deal.restored", actor=actor, room=room, subject=deal, private_to=Side.SELLER)
    return deal
