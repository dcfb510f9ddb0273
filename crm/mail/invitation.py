"""The mails of the door: an invitation's link, and a code. Their secrets are stored nowhere, so they are sent at once."""

import smtplib

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import DomainError
from crm.models import Contact, Invitation

log = structlog.get_logger(__name__)


class MailNotSent(DomainError):
    """The mail server did not take a mail. What was to be told stands; the telling has to be tried again."""

    code = "mail_not_sent"


def send_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link to the invited person. Raises `MailNotSent`; "invite again" then makes a new link."""
    contact, room = invitation.participant.contact, invitation.participant.room
    with translation.override(contact.locale):
        context = {
            "contact": contact,
            "inviter": invitation.invited_by,
            "room": room,
            "organization_name": settings.ORGANIZATION_NAME,
            "link": settings.SITE_URL + reverse("room:invitation", args=[token]),
            "expires_at": invitation.expires_at,
        }
        subject = _("%(name)s invites you: %(title)s") % {"name": invitation.invited_by.name, "title": room.title}
        text = render_to_string("crm/mail/invitation.txt", context)
    try:
        _send(invitation.email, subject, text, reply_to=invitation.invited_by.email)
    except (smtplib.SMTPException, OSError) as error:
        log.error("invitation_not_sent", invitation=str(invitation.pk), error=type(error).__name__)
        words = gettext_lazy("The mail with the link could not be sent. Invite again in a minute.")
        raise MailNotSent(words) from error


def send_code(contact: Contact, code: str) -> None:
    """Mail a code. A mail server that fails is logged: the page says the same to everybody, and offers another code."""
    with translation.override(contact.locale):
        context = {
            "contact": contact,
            "code": f"{code[:4]}-{code[4:]}",
            "organization_name": settings.ORGANIZATION_NAME,
        }
        subject = _("Your code: %(code)s") % context
        text = render_to_string("crm/mail/code.txt", context)
    try:
        _send(contact.email, subject, text)
    except (smtplib.SMTPException, OSError) as error:
        log.error("code_not_sent", contact=str(contact.pk), error=type(error).__name__)


def _send(to: str, subject: str, text: str, reply_to: str = "") -> None:
    one_line = " ".join(subject.split())
    EmailMessage(subject=one_line, body=text, to=[to], reply_to=[reply_to] if reply_to else None).send()
