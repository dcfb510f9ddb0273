"""The mail to the owner of a room when somebody asks to bring a colleague in: a consumer of the outbox."""

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, send, site_url
from crm.models import AccessRequest, Event


def mail_access_request(event: Event) -> None:
    """Tell the room's owner: `access_request.made`. Nothing is sent once it is answered."""
    requests = AccessRequest.objects.open().select_related("room__owner", "asked_by__contact")
    request = requests.filter(pk=event.subject_id).first()
    if request is None:
        return
    name = request.asked_by.contact.name
    send(
        Mail(
            request.room.owner,
            "access_request",
            lambda: _("%(name)s asks to bring somebody in") % {"name": name},
            {"request": request, "url": site_url(reverse("crm:room_access", args=[request.room_id]))},
            id=event.pk,
        )
    )
