"""The mail to whoever answers for a room when somebody asks to bring a colleague in: a consumer of the outbox."""

from uuid import UUID, uuid5

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.mail.message import Mail, news_choice_url, send, site_url
from crm.models import AccessRequest, Event, User


def mail_access_request(event: Event, to: UUID) -> None:
    """Tell somebody who can decide: `access_request.made`. Nothing is sent once it is answered."""
    request = AccessRequest.objects.open().select_related("asked_by__contact").filter(pk=event.subject_id).first()
    user = User.objects.active().filter(pk=to).first()
    if request is None or user is None or "access" in user.mails_off:
        return
    name = request.asked_by.contact.name
    send(
        Mail(
            user,
            "access_request",
            lambda: _("%(name)s asks to bring somebody in") % {"name": name},
            {
                "request": request,
                "url": site_url(reverse("crm:room_access", args=[request.room_id])),
                "choice_url": news_choice_url(),
            },
            id=uuid5(event.pk, str(to)),
        )
    )
