"""A real mail server for one test: what the application sends over SMTP, by address."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"^([A-Z0-9]{4}-[A-Z0-9]{4})\s*$", re.MULTILINE)


class Mailbox:
    """Takes mails, and gives the newest one to an address once the outbox is empty."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._read = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail: aiosmtpd calls this for each."""
        self.mails.append(message_from_bytes(envelope.original_content, policy=default))
        return "250 OK"

    def newest(self, address: str) -> EmailMessage:
        """Deliver what is owed, and return the newest mail to `address`; it must be one that nobody has read yet."""
        from crm.events.deliver import deliver_owed  # conftest is read before Django has its settings

        deliver_owed()
        unread = [mail for mail in self.mails[self._read :] if address in str(mail["To"])]
        assert unread, f"No new mail to {address}; there are {[str(mail['Subject']) for mail in self.mails]}"
        self._read = len(self.mails)
        return unread[-1]

    def link(self, address: str) -> str:
        """Return the link in the newest mail."""
        return _found(_LINK, self.newest(address))

    def code(self, address: str) -> str:
        """Return the code in the newest mail."""
        return _found(_CODE, self.newest(address))


def _found(pattern: re.Pattern[str], mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    found = pattern.search(text)
    assert found, text
    return found.group(found.lastindex or 0)


@contextmanager
def open_mailbox() -> Iterator[tuple[Mailbox, int]]:
    """Run a mail server on a free port for the block; give the mailbox and the port."""
    mailbox = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()
