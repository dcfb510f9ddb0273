"""Mail over SMTP, also to addresses with letters beyond ASCII before the @, where the mail server takes them (RFC 6531)."""

import smtplib
from email import message_from_bytes, policy

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from crm.address import wire_address


class SmtpBackend(EmailBackend):
    """Django's own, which can say an address only in ASCII, and more for the addresses that cannot be said so."""

    def _send(self, email_message: EmailMessage) -> bool:
        """Send one message; whether it left. Raises `smtplib.SMTPNotSupportedError` where the server takes ASCII only."""
        email_message.to = [wire_address(one) for one in email_message.to]
        if all(one.isascii() for one in email_message.to):
            return bool(super()._send(email_message))  # type: ignore[misc]  # the stubs leave out what is Django's own
        return self._send_in_utf8(email_message)

    def _send_in_utf8(self, email_message: EmailMessage) -> bool:
        """Send with the address as it is, in the envelope and in the head of the mail."""
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected("There is no connection to the mail server.")
        message = message_from_bytes(email_message.message().as_bytes(), policy=policy.SMTPUTF8)
        message.replace_header("To", ", ".join(email_message.to))
        try:
            self.connection.send_message(message, to_addrs=email_message.to)
        except smtplib.SMTPException:
            if not self.fail_silently:
                raise
            return False
        return True
