"""Reading staff."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from crm.actors import Actor
from crm.address import mailbox_of, normal_address
from crm.errors import NotFound
from crm.models import User
from crm.models.user import UserQuerySet


def users(actor: Actor, *, active: bool = True) -> UserQuerySet:
    """Return staff with their teams, for staff; `active` leaves out those who can no longer sign in."""
    rows: UserQuerySet = User.objects.visible_to(actor).select_related("team")
    return rows.active() if active else rows


def is_ours(address: str) -> bool:
    """Return whether an address is the selling side's own: of a colleague, or in one of our domains.

    Codes go to a buyer's address, so whoever reads it can answer for the buyer.
    """
    return bool(ours([address]))


def ours(addresses: Iterable[str]) -> set[str]:
    """Return those of `addresses` that are the selling side's own, with one query."""
    domains = {address: normal_address(address).rpartition("@")[2] for address in addresses}
    of_colleagues = Q(*(Q(email__iendswith=f"@{domain}") for domain in set(domains.values())), _connector=Q.OR)
    colleagues = User.objects.filter(of_colleagues).values_list("email", flat=True) if domains else ()
    mailboxes = {mailbox_of(email) for email in colleagues}
    return {
        address
        for address, domain in domains.items()
        if domain in settings.ORGANIZATION_DOMAINS or mailbox_of(address) in mailboxes
    }


def get_user(actor: Actor, user_id: UUID) -> User:
    """Return one member of staff, active or not. Raises `NotFound`."""
    user = users(actor, active=False).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user
