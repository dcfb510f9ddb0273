"""A new address of somebody who has been in a room: noted when staff change it, and settled before anything is answered from it."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.version import LOOK_AGAIN, check_version
from crm.actors import SYSTEM, Actor, as_participant
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotAllowed, NotFound, Refused
from crm.events.record import record
from crm.models import (
    AddressChange,
    Contact,
    Invitation,
    Participant,
    Passkey,
    PasskeyChallenge,
    RoomSession,
    SignInCode,
)
from crm.queries.address_change import change_of_link, has_been_here, waiting_change
from crm.queries.user import is_ours
from crm.scopes import check_scope


def note_address_change(actor: Actor, contact: Contact, old_email: str) -> dict[str, str]:
    """Note that a locked contact's address was `old_email`. Return what the event says of it: nothing when nobody was in or
    answered there, and which change it undoes when the address is back again."""
    waiting = AddressChange.objects.open().filter(contact=contact)
    first = waiting.order_by("changed_at", "id").first()
    proved = first.old_email if first else old_email
    if contact.email == proved:
        waiting.update(settled_at=now())
        return {"address_back": str(first.pk)} if first else {}
    if not proved or not has_been_here(contact):
        return {}
    change = AddressChange.objects.create(contact=contact, old_email=proved, changed_by=actor.user, changed_at=now())
    return {"address_change": str(change.pk)}


@transaction.atomic
def confirm_address(*, token: str) -> AddressChange:
    """Confirm a change from the old mailbox: whoever holds its link reads it. Confirming twice is once.

    Raises `NotFound` for a made-up link, `Refused` when the address was changed again since.
    """
    change = _lock_newest(token)
    if change.settled_at is not None:
        return change
    _settle(change)
    for grant in _grants(change.contact_id):
        record("participant.address_confirmed", actor=as_participant(grant), room=grant.room, subject=grant)
    return change


@transaction.atomic
def refuse_address(*, token: str) -> AddressChange:
    """Say no to a change from the old mailbox: its address is put back, and whoever reads the new one is shut out.

    Saying it twice is once. Raises like confirming, and `Refused` where the old address is one of ours by now.
    """
    change = _lock_newest(token)
    if change.settled_at is not None:
        return change
    if is_ours(change.old_email):
        raise Refused(_("That address is one of ours now. An administrator settles this."), code="our_own")
    end_ways_in(change.contact)
    change.contact.email = change.old_email
    _settle(change)
    for grant in _grants(change.contact_id):
        record("participant.address_refused", actor=as_participant(grant), room=grant.room, subject=grant)
    record("contact.changed", actor=SYSTEM, room=None, subject=change.contact, data={"fields": ["email"]})
    return change


def end_ways_in(contact: Contact) -> None:
    """End what leads into rooms by the address of a locked contact: invitations, codes, sessions and passkeys."""
    at = now()
    Invitation.objects.filter(participant__contact=contact, revoked_at=None).update(revoked_at=at)
    SignInCode.objects.filter(contact=contact, consumed_at=None).update(expires_at=at)
    RoomSession.objects.filter(contact=contact, ended_at=None).update(ended_at=at)
    # The challenges first: whoever is adding a passkey holds one, and is waited for.
    PasskeyChallenge.objects.filter(contact=contact).delete()
    Passkey.objects.filter(contact=contact).delete()


@transaction.atomic
def vouch_for_address(*, actor: Actor, contact_id: UUID, version: int, reason: str) -> AddressChange:
    """Vouch for a new address as an administrator, when the old mailbox is dead; each room of the person reads the `reason`.

    Raises `NotAllowed` for anybody else, and for whoever changed it; `NotFound` when no change waits; `Invalid`; `Stale` when
    the contact is no longer at `version`: the address may be another one than the one that was looked at.
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
    if change.settled_at is not None:
        raise NotFound
    check_version(change.contact, version, LOOK_AGAIN)
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


def _lock_newest(token: str) -> AddressChange:
    """Lock the change a mailed link is about. Raises `Refused` when it waits and the address was changed again since."""
    change = _lock(change_of_link(token).pk)
    if change.settled_at is None and waiting_change(change.contact_id) != change:
        raise Refused(
            _("The address was changed again since. The newest mail has the link that works."), code="replaced"
        )
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
    change.contact.version, change.contact.updated_at = change.contact.version + 1, change.settled_at
    change.contact.save(update_fields=["email", "version", "updated_at"])


def _grants(contact_id: UUID) -> list[Participant]:
    grants = Participant.objects.filter(contact=contact_id).active().select_related("room", "contact")
    return list(grants.order_by("room_id"))
