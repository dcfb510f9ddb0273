"""The mails of the door: an invitation's link, and a code. Their secrets are stored nowhere, so they are sent at once."""

import smtplib

import structlog
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import DomainError
from crm.mail.message import Mail, send, send_soon, site_url
from crm.models import Contact, Invitation

log = structlog.get_logger(__name__)


class MailNotSent(DomainError):
    """The mail server did not take a mail. What was to be told stands; the telling has to be tried again (503)."""

    code = "mail_not_sent"
    status = 503


def send_invitation(invitation: Invitation, token: str) -> None:
    """Mail the link to the invited person. Raises `MailNotSent`; "invite again" then makes a new link."""
    inviter, room = invitation.invited_by, invitation.participant.room
    url = site_url(reverse("room:invitation", args=[token]))

    def subject() -> str:
        return _("%(name)s invites you: %(title)s") % {"name": inviter.name, "title": room.title}

    context = {"room": room, "url": url, "expires_at": invitation.expires_at}
    mail = Mail(
        invitation.participant.contact, "invitation", subject, context, sender=inviter, address=invitation.email
    )
    try:
        send(mail)
    except (smtplib.SMTPException, OSError) as error:
        log.error("invitation_not_sent", invitation=str(invitation.pk), error=type(error).__name__)
        words = gettext_lazy(
            "Everything is written down, but the mail server did not take the mail with the link. "
            "In a minute, “Invite again” makes a new link and mails it."
        )
        raise MailNotSent(words) from error


def send_code(contact: Contact, code: str) -> None:
    """Mail a code, to a new address too: it opens no room before that is confirmed.

    A mail server that fails is logged: the page says the same to everybody, and offers another code.
    """
    shown = f"{code[:4]}-{code[4:]}"
    subject = lambda: _("Your code: %(code)s") % {"code": shown}  # noqa: E731
    send_soon(Mail(contact, "code", subject, {"code": shown}, address=contact.email))
