"""The mails to the old mailbox when staff change somebody's address: a consumer of the outbox. Nobody can switch them off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, send, site_url
from crm.models import AddressChange, Event, Role, User
from crm.queries.address_change import change_token


def mail_address_change(event: Event) -> None:
    """Tell the old mailbox what became of the address: changed, or changed back (`contact.changed`), or vouched for."""
    if event.type == "participant.address_vouched":
        _tell_vouched(event)
    elif change_id := event.data.get("address_change"):
        _tell_changed(event, change_id)
    elif change_id := event.data.get("address_back"):
        _tell_back(event, change_id)


def _tell_changed(event: Event, change_id: str) -> None:
    """Say who changed it, and where to say yes or no. Not once it is settled."""
    change = _changes().filter(pk=change_id, settled_at=None).first()
    if change is not None:
        url = site_url(reverse("room:confirm_address", args=[change_token(change)]))
        context = {"admins": _administrators(but=[change.changed_by_id]), "url": url}
        _send(event, change, "address_changed", lambda: _("Your address was changed"), context)


def _tell_back(event: Event, change_id: str) -> None:
    change = _changes().filter(pk=change_id).first()
    if change is not None:
        _send(event, change, "address_back", lambda: _("Your address is as it was"), {"by": event.by_user})


def _tell_vouched(event: Event) -> None:
    """Say who vouched and why, and who else could look into it. Each room has an event; the first one sends the mail."""
    first = Event.objects.filter(type=event.type, subject_id=event.subject_id).order_by("pk").first()
    change = _changes().filter(pk=event.subject_id).first()
    if change is not None and first == event:
        context = {"admins": _administrators(but=[change.changed_by_id, change.vouched_by_id])}
        subject = lambda: _("Your new address was confirmed without you")  # noqa: E731
        _send(event, change, "address_vouched", subject, context)


def _changes() -> Any:
    return AddressChange.objects.select_related("contact", "changed_by", "vouched_by")


def _administrators(but: list[UUID | None]) -> list[User]:
    return list(User.objects.active().filter(role=Role.ADMIN).exclude(pk__in=but).order_by("pk")[:3])


def _send(
    event: Event, change: AddressChange, template: str, subject: Callable[[], str], context: dict[str, Any]
) -> None:
    shared = {"change": change, "email": change.contact.email}
    send(Mail(change.contact, template, subject, shared | context, id=event.pk, address=change.old_email))
