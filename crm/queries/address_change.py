"""Reading changes of addresses: whether one waits to be settled, and which one a mailed link is about."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from crm.errors import NotAllowed, NotFound
from crm.models import AddressChange, Contact, Participant

_link = Signer(salt="crm.address_change")


def waiting_change(contact_id: UUID) -> AddressChange | None:
    """Return the newest change of somebody's address that waits to be settled, None when nothing does."""
    changes = AddressChange.objects.open().filter(contact=contact_id)
    return changes.select_related("contact", "changed_by").order_by("-changed_at", "-id").first()


def proved_address(contact: Contact) -> str:
    """Return the last address that proved who somebody is: of a new one nobody knows yet who reads it."""
    change = waiting_change(contact.pk)
    return change.old_email if change else contact.email


def change_token(change: AddressChange) -> str:
    """Return the secret of the link that is mailed to the old address. It is kept nowhere: it is signed."""
    return _link.sign(str(change.pk))


def change_of_link(token: str) -> AddressChange:
    """Return the change a link is about. Raises `NotFound` for a link that was made up or cut off."""
    try:
        change_id = _link.unsign(token)
    except BadSignature as error:
        raise NotFound from error
    change = AddressChange.objects.select_related("contact", "changed_by").filter(pk=change_id).first()
    if change is None:
        raise NotFound
    return change


def has_been_here(contact: Contact) -> bool:
    """Return whether somebody ever came into a room or has an answer in one: before that, an address is a typo at most."""
    grants = Participant.objects.filter(contact=contact)
    answered = grants.filter(consents__given_answer__gt="")
    return grants.filter(joined_at__isnull=False).exists() or answered.exists()


def check_address_settled(contact_id: UUID) -> None:
    """Raise `NotAllowed` while a new address waits to be confirmed: who reads that mailbox might be somebody else."""
    if AddressChange.objects.open().filter(contact=contact_id).exists():
        words = _(
            "Your address was changed. Nothing counts as your answer before the old mailbox or an administrator confirms it."
        )
        raise NotAllowed(words, code="address_not_confirmed")
