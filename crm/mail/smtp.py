"""Mail over SMTP, also to addresses with letters beyond ASCII before the @, where the mail server takes them (RFC 6531)."""

from collections.abc import Sequence
from email import message_from_bytes, policy

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from crm.address import wire_address


class SmtpBackend(EmailBackend):
    """Django's own, which can say an address only in ASCII, and more for the addresses that cannot be said so."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send messages; return how many left. Raises `smtplib.SMTPNotSupportedError` where the server takes ASCII only."""
        beyond_ascii = []
        for message in email_messages:
            message.to = [wire_address(one) for one in message.to]
            if not all(one.isascii() for one in message.to):
                beyond_ascii.append(message)
        sent = super().send_messages([one for one in email_messages if one not in beyond_ascii]) or 0
        for message in beyond_ascii:
            self._send_in_utf8(message)
        return sent + len(beyond_ascii)

    def _send_in_utf8(self, email_message: EmailMessage) -> None:
        """Send with the address as it is, in the envelope and in the head of the mail."""
        message = message_from_bytes(email_message.message().as_bytes(), policy=policy.SMTPUTF8)
        message.replace_header("To", ", ".join(email_message.to))
        opened = self.open()
        try:
            if self.connection:
                self.connection.send_message(message, to_addrs=email_message.to)
        finally:
            if opened:
                self.close()
