"""Where the demo's mails go: into the database, shown in the app. Nothing leaves the machine."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from crm.clock import now
from crm.models import DemoMail


class DemoBackend(BaseEmailBackend):
    """Django's mail backend of the demo (`EMAIL_BACKEND`), in use while no `EMAIL_URL` is set."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages and return how many there were."""
        for message in email_messages:
            parts = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
            html = next((str(content) for content, kind in parts if kind == "text/html"), "")
            DemoMail.objects.create(
                sent_at=now(),
                to=", ".join(message.to)[:1000],
                subject=str(message.subject)[:998],
                text=str(message.body),
                html=html,
            )
        return len(email_messages)
