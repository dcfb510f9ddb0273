"""Coming in, for tests: the way a person does it, without reading the mail."""

from unittest.mock import patch

from django.conf import settings
from django.test import Client

from crm.actions import sign_in
from crm.actions.sign_in import Browser, enter_code, request_fresh_code
from crm.models import Contact, RoomSession
from crm.secrets import new_token

CODE = "K7QM4XDR"


def ask_for_code(contact: Contact, browser: Browser) -> str:
    """Ask for a code as somebody with this mailbox; return it."""
    with patch.object(sign_in, "new_code", return_value=CODE):
        request_fresh_code(contact_id=contact.pk, browser=browser)
    return CODE


def come_in(contact: Contact) -> tuple[RoomSession, str]:
    """Sign a contact in; return the session and its secret."""
    browser = Browser(new_token(), "127.0.0.1", "Test browser")
    return enter_code(browser=browser, code=ask_for_code(contact, browser))


def client_of(contact: Contact, **options: object) -> Client:
    """Return a client that is signed in to the room as this contact."""
    client = Client(**options)
    client.cookies[settings.ROOM_COOKIE_NAME] = come_in(contact)[1]
    return client
