"""Mails about data requests. An answer is always sent: nobody can switch off being told what became of their own data."""

from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, room_url, send, send_soon, site_url
from crm.models import Contact, DataRequest, DataRequestState, Event, Role, User


def administrators(_event: Event) -> list[UUID]:
    """Return who answers requests about data."""
    return list(User.objects.active().filter(role=Role.ADMIN).order_by("pk").values_list("pk", flat=True))


def mail_data_request(event: Event, to: UUID) -> None:
    """Tell an administrator: `data_request.made`. Nothing is sent once it is answered."""
    request = DataRequest.objects.open().select_related("contact").filter(pk=event.subject_id).first()
    administrator = User.objects.active().filter(pk=to, role=Role.ADMIN).first()
    if request is None or administrator is None:
        return
    name = request.contact.name
    send(
        Mail(
            administrator,
            "data_request",
            lambda: _("%(name)s asks about the data kept of them") % {"name": name},
            {"request": request, "url": site_url(reverse("crm:data_request", args=[request.pk]))},
            id=uuid5(event.pk, str(to)),
        )
    )


def mail_data_answer(event: Event) -> None:
    """Tell the person what was answered: `data_request.answered`. Whoever was erased has no address any more."""
    request = DataRequest.objects.defer("export").select_related("contact", "asked_by").get(pk=event.subject_id)
    if request.contact.erased_at is not None:
        return
    url = room_url(f"{reverse('room:kept', args=[request.asked_by.room_id])}#requests", request.contact)
    is_granted = request.state == DataRequestState.GRANTED
    context = {"request": request, "is_granted": is_granted, "url": url}
    send(Mail(request.contact, "data_answer", lambda: _("About the data kept of you"), context, id=event.pk))


def send_erased(contact: Contact, address: str) -> None:
    """Send the last mail. The address is stored nowhere any more, so it is tried once, right after the erasure."""
    send_soon(Mail(contact, "erased", lambda: _("Your data were erased"), address=address))
