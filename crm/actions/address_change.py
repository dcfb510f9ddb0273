"""A new address of somebody who has been in a room: noted when staff change it, and settled before anything is answered from it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor, as_participant
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import AddressChange, Contact, Participant
from crm.queries.address_change import change_of_link, has_been_here, waiting_change
from crm.scopes import check_scope


def note_address_change(actor: Actor, contact: Contact, old_email: str) -> AddressChange | None:
    """Note that a locked contact's address was `old_email`. None when nobody was in or answered there, or it is back again."""
    waiting = AddressChange.objects.open().filter(contact=contact)
    first = waiting.order_by("changed_at", "id").first()
    proved = first.old_email if first else old_email
    if contact.email == proved:
        waiting.update(settled_at=now())
        return None
    if not proved or not has_been_here(contact):
        return None
    return AddressChange.objects.create(contact=contact, old_email=proved, changed_by=actor.user, changed_at=now())


@transaction.atomic
def confirm_address(*, token: str) -> AddressChange:
    """Confirm a change from the old mailbox: whoever holds its link reads it. Confirming twice is once.

    Raises `NotFound` for a made-up link, `Refused` when the address was changed again since.
    """
    change = _lock(change_of_link(token).pk)
    if change.settled_at is not None:
        return change
    if waiting_change(change.contact_id) != change:
        raise Refused(
            _("The address was changed again since. The newest mail has the link that works."), code="replaced"
        )
    _settle(change)
    for grant in _grants(change.contact_id):
        record("participant.address_confirmed", actor=as_participant(grant), room=grant.room, subject=grant)
    return change


@transaction.atomic
def vouch_for_address(*, actor: Actor, contact_id: UUID, reason: str) -> AddressChange:
    """Vouch for a new address as an administrator, when the old mailbox is dead; each room of the person reads the `reason`.

    Raises `NotAllowed` for anybody else, and for whoever changed it; `NotFound` when no change waits; `Invalid`.
    """
    if actor.user is None or not actor.user.is_admin:
        raise NotAllowed(_("Only an administrator vouches for an address."))
    check_scope(actor, "admin")
    checks = Checks()
    reason = checks.text("reason", reason, limit=2000)
    checks.done()
    newest = waiting_change(contact_id)
    if newest is None:
        raise NotFound
    change = _lock(newest.pk)
    waiting = AddressChange.objects.open().filter(contact=contact_id)
    if waiting.filter(changed_by=actor.user).exists():
        raise NotAllowed(
            _("You changed this address yourself. Another administrator vouches for it."), code="own_change"
        )
    change.vouched_by, change.reason = actor.user, reason
    _settle(change)
    for grant in _grants(contact_id):
        data = {"participant": str(grant.pk)}
        record("participant.address_vouched", actor=actor, room=grant.room, subject=change, data=data)
    return change


def _lock(change_id: UUID) -> AddressChange:
    """Lock the person first, as whoever changes their address does, and then look again."""
    contact_id = AddressChange.objects.values_list("contact", flat=True).get(pk=change_id)
    Contact.objects.select_for_update(of=("self",), no_key=True).get(pk=contact_id)
    return AddressChange.objects.select_related("contact", "changed_by").get(pk=change_id)


def _settle(change: AddressChange) -> None:
    change.settled_at = now()
    change.save(update_fields=["settled_at", "vouched_by", "reason"])
    AddressChange.objects.open().filter(contact=change.contact_id).update(settled_at=change.settled_at)


def _grants(contact_id: UUID) -> list[Participant]:
    grants = Participant.objects.filter(contact=contact_id).active().select_related("room", "contact")
    return list(grants.order_by("room_id"))
