"""The site that journeys walk on: a live server on the real database, mail over SMTP, nothing in between."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.journeys.mailbox import Mailbox, open_mailbox
from tests.journeys.person import DESKTOP, Person

# Playwright keeps an event loop running in the test's thread; the tests' own queries there block nobody.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@dataclass(frozen=True)
class Site:
    """A running site: its address, and what it mails."""

    url: str
    mailbox: Mailbox


@pytest.fixture
def site(live_server, settings, empty_redis) -> Iterator[Site]:
    """Serve the application as Nordlicht runs it."""
    settings.SITE_URL = live_server.url
    settings.ORGANIZATION_NAME, settings.ORGANIZATION_SHORT_NAME = "Nordlicht Analytics", "Nordlicht"
    with open_mailbox() as (mailbox, port):
        settings.EMAIL_BACKEND = "crm.mail.smtp.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield Site(live_server.url, mailbox)


@pytest.fixture
def comes(site: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Give the function that seats somebody at a browser: `comes("rep")`, `comes("buyer", size=PHONE)`."""
    seated: list[Person] = []

    def comes(name: str, *, size: dict[str, int] = DESKTOP) -> Person:
        seated.append(Person(browser, site.url, name, size=size))
        return seated[-1]

    yield comes
    for person in seated:
        person.leave()
    faults = [f"{person.name}: {fault}" for person in seated for fault in person.faults]
    assert not faults, "\n" + "\n".join(faults)
