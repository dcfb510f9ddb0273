"""The mail to the old mailbox when staff change somebody's address: a consumer of the outbox. Nobody can switch it off."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, send, site_url
from crm.models import AddressChange, Event, Role, User
from crm.queries.address_change import change_token


def mail_address_change(event: Event) -> None:
    """Tell the old mailbox who changed the address, and what to do: `contact.changed` with a noted change."""
    changes = AddressChange.objects.open().select_related("contact", "changed_by")
    change = changes.filter(pk=event.data.get("address_change")).first()
    if change is None:
        return
    admins = User.objects.active().filter(role=Role.ADMIN).exclude(pk=change.changed_by_id).order_by("pk")
    context = {
        "change": change,
        "email": change.contact.email,
        "admins": list(admins[:3]),
        "url": site_url(reverse("room:confirm_address", args=[change_token(change)])),
    }
    send(
        Mail(
            change.contact,
            "address_changed",
            lambda: _("Your address was changed"),
            context,
            id=event.pk,
            address=change.old_email,
        )
    )
