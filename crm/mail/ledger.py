"""Mails of the nightly check: the checkpoint to whoever keeps it, the faults to whoever has to know. Consumers of the outbox."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from crm.checkpoints import checkpoint_named
from crm.mail.message import site_url
from crm.models import Event, LedgerCheck, Role, User
from crm.queries.ledger_check import fault_view

MOST_ATTACHED = 10 * 1024 * 1024
"""Bytes of a checkpoint that still go into a mail; a larger one is named with its digest, which proves as much."""


def mail_checkpoint(event: Event) -> None:
    """Send the checkpoint of a check to `LEDGER_CHECKPOINT_EMAIL`; nothing without one. Raises while its file is missing."""
    if not settings.LEDGER_CHECKPOINT_EMAIL:
        return
    check = LedgerCheck.objects.get(pk=event.subject_id)
    message = _message(event, "checkpoint", check, [settings.LEDGER_CHECKPOINT_EMAIL])
    file = checkpoint_named(check.checkpoint)
    if file.stat().st_size <= MOST_ATTACHED:
        message.attach(file.name, file.read_bytes(), "application/json")
    message.send()


def mail_faults(event: Event) -> None:
    """Tell `LEDGER_ALARM_EMAIL`, or the administrators, what a check found."""
    admins = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").values_list("email", flat=True)
    to = [settings.LEDGER_ALARM_EMAIL] if settings.LEDGER_ALARM_EMAIL else list(admins)
    if to:
        _message(event, "ledger_faults", LedgerCheck.objects.get(pk=event.subject_id), to).send()


def _message(event: Event, template: str, check: LedgerCheck, to: list[str]) -> EmailMessage:
    context = {
        "check": check,
        "faults": [fault_view(fault, {}) for fault in check.faults],
        "url": site_url(reverse("crm:ledger")),
        "organization_name": settings.ORGANIZATION_NAME,
    }
    with translation.override(settings.LANGUAGE_CODE):
        subject, _blank, body = render_to_string(f"crm/mail/{template}.txt", context).partition("\n\n")
    host = urlsplit(settings.SITE_URL).hostname
    return EmailMessage(
        subject=subject.strip(),
        body=body,
        from_email=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        to=to,
        headers={"Message-ID": f"<{template}-{event.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
