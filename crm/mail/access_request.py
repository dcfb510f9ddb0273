"""The mail to whoever answers for a room when somebody asks to bring a colleague in: a consumer of the outbox."""

from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, send, site_url
from crm.models import AccessRequest, Event, User
from crm.queries.room_people import who_answers_for


def deciders(event: Event) -> list[UUID]:
    """Return who is to decide."""
    return [user.pk for user in who_answers_for(event.room)] if event.room else []


def mail_access_request(event: Event, to: UUID) -> None:
    """Tell somebody who can decide: `access_request.made`. Nothing is sent once it is answered."""
    request = AccessRequest.objects.open().select_related("asked_by__contact").filter(pk=event.subject_id).first()
    user = User.objects.active().filter(pk=to).first()
    if request is None or user is None:
        return
    name = request.asked_by.contact.name
    send(
        Mail(
            user,
            "access_request",
            lambda: _("%(name)s asks to bring somebody in") % {"name": name},
            {"request": request, "url": site_url(reverse("crm:room_access", args=[request.room_id]))},
            id=uuid5(event.pk, str(to)),
        )
    )
