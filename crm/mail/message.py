"""One mail: plain words as text and as simple HTML, in the reader's language and time zone. No pictures, no tracking."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from crm.address import wire_address
from crm.ids import new_id
from crm.models import Contact, User
from crm.queries.address_change import proved_address
from crm.queries.sign_in import reader_mark

log = structlog.get_logger(__name__)

_background = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


@dataclass(frozen=True)
class Mail:
    """What is to be sent to one person: `template` names `crm/mail/<template>.txt` and `.html`, or the whole path of another app's.

    `subject` is called in the reader's language. `sender` is whose words these are: replies go to them. `id` makes the
    Message-ID: the same id again is the same mail to a mail server. `address` is another one than the person's own; of a
    contact whose new address waits to be confirmed that is the old one still: what is asked and answered is for them alone.
    `attachment` is called in the reader's language and time zone and gives a file's name, bytes and type.
    """

    to: Contact | User
    template: str
    subject: Callable[[], str]
    context: dict[str, Any] = field(default_factory=dict)
    sender: User | None = None
    id: UUID | None = None
    address: str = ""
    attachment: Callable[[], tuple[str, bytes, str]] | None = None

    def __post_init__(self) -> None:
        """Take the person's own address where none was named."""
        own = proved_address(self.to) if isinstance(self.to, Contact) else self.to.email
        object.__setattr__(self, "address", self.address or own)


def site_url(path: str) -> str:
    """Return the absolute address of a path of this installation."""
    return f"{settings.SITE_URL}{path}"


def room_url(path: str, contact: Contact) -> str:
    """Return the absolute address of a page of the room for a mail to `contact`: the door knows then to whom a code goes."""
    named = urlsplit(path)._replace(query=urlencode({"to": reader_mark(contact)}))
    return site_url(named.geturl())


def news_choice_url() -> str:
    """Return where staff choose which mails they get."""
    return site_url(reverse("crm:news_choice"))


def send(mail: Mail) -> None:
    """Send a mail now. Nothing happens without an address. Raises what the mail server raises."""
    if not mail.address:
        log.info("mail_without_address", person=str(mail.to.pk), template=mail.template)
        return
    _built(mail).send()


def send_soon(mail: Mail) -> None:
    """Send a mail from a thread of its own, so that a page answers as fast for an unknown address as for a known one.

    For mails with a secret, which is stored nowhere: call it after commit. When the mail cannot leave, that is logged
    without its words, and the person asks again.
    """
    if not mail.address:
        return
    message = _built(mail)
    if settings.MAIL_IN_BACKGROUND:
        _background.submit(_leave_and_hang_up, message, mail.template)
    else:
        _leave(message, mail.template)


def _leave_and_hang_up(message: EmailMultiAlternatives, template: str) -> None:
    """The demo's backend writes to the database, and this thread keeps no connection to it."""
    try:
        _leave(message, template)
    finally:
        connection.close()


def _leave(message: EmailMultiAlternatives, template: str) -> None:
    try:
        message.send()
    except (OSError, DatabaseError) as error:  # smtplib's errors are OSErrors; the demo's backend writes rows
        log.warning("mail_failed", template=template, error=type(error).__name__)


def _built(mail: Mail) -> EmailMultiAlternatives:
    """Build the message in the reader's language and time zone."""
    context = {
        "to": mail.to,
        "sender": mail.sender,
        "organization_name": settings.ORGANIZATION_NAME,
        "short_name": settings.ORGANIZATION_SHORT_NAME,
        **mail.context,
    }
    path = mail.template if "/" in mail.template else f"crm/mail/{mail.template}"
    with translation.override(mail.to.locale), timezone.override(mail.to.time_zone):
        message = EmailMultiAlternatives(
            subject=" ".join(mail.subject().split()),
            body=render_to_string(f"{path}.txt", context),
            from_email=_from(mail.sender),
            to=[mail.address],
            reply_to=_reply_to(mail.sender),
            headers={"Message-ID": _message_id(mail.id), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{path}.html", context), "text/html")
        if mail.attachment:
            message.attach(*mail.attachment())
    return message


def _from(sender: User | None) -> str:
    """Our own address, with the name of the person whose words these are: "Maya Okafor, Nordlicht"."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    shown = f"{sender.name}, {settings.ORGANIZATION_SHORT_NAME}" if sender else name
    return formataddr((shown, wire_address(address)))


def _reply_to(sender: User | None) -> list[str]:
    """The address of the person whose words these are; none where it cannot be said in ASCII, as every server needs it."""
    address = wire_address(sender.email) if sender else ""
    return [formataddr((sender.name, address))] if sender and address.isascii() else []


def _message_id(id: UUID | None) -> str:
    return f"<{id or new_id()}@{urlsplit(settings.SITE_URL).hostname}>"
