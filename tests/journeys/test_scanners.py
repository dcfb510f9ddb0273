"""A real browser opens each mailed link before its reader does: one that runs scripts, and one that sends every form."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from crm.events.deliver import deliver_owed
from tests.cast import Cast
from tests.crm.mail.kinds import KINDS, NEWS_CHOICE, choose_mails
from tests.crm.mail.test_links import OF_THE_DOOR, OWN
from tests.digest import changed, rows_digest
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

INVITATION = "crm/mail/invitation"


@pytest.fixture
def cast(settings, tmp_path) -> Cast:
    settings.LEDGER_CHECKPOINTS = tmp_path
    cast = Cast()
    cast.write_problem()
    assert cast.ingrid
    return cast


def links_in(mails: list[EmailMessage], site: Site) -> list[str]:
    """Return where the links of mails lead on the site that runs."""
    bodies = [body for mail in mails for kind in ("plain", "html") if (body := mail.get_body((kind,)))]
    found = re.findall(r"https?://[^\s\"<>]+", "\n".join(str(body.get_content()) for body in bodies))
    paths = (urlsplit(link)._replace(scheme="", netloc="").geturl() for link in found)
    return [f"{site.url}{path}" for path in dict.fromkeys(paths)]


def look(browser: Browser, link: str) -> None:
    """Open a link, let its scripts run, and stay a while."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link, wait_until="load")
    page.wait_for_timeout(300)
    context.close()


def send_every_form(browser: Browser, link: str) -> None:
    """Open a link and send each form as soon as the page is there; and each of those on the page that comes then."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(link)
    for first in range(page.evaluate("document.forms.length")):
        page.goto(link)
        if send(page, first):
            for second in range(page.evaluate("document.forms.length")):
                send(page, second)
    context.close()


def send(page, number: int) -> bool:
    """Send the form with this number, unless it is gone from the page, which may have changed by then."""
    if number >= page.evaluate("document.forms.length"):
        return False
    with page.expect_navigation(wait_until="load"):
        page.evaluate(f"document.forms[{number}].submit()")
    return True


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_machines_open_it_first(
    kind: str, cast: Cast, site: Site, browser: Browser, comes: Callable[..., Person]
) -> None:
    KINDS[kind].send(cast)
    deliver_owed()
    links = links_in(site.mailbox.mails[-1:], site)
    assert links
    before = rows_digest(without=OWN)
    for link in links:
        look(browser, link)
    assert changed(before, rows_digest(without=OWN)) == []
    before = rows_digest(without=OF_THE_DOOR)
    for link in links:
        send_every_form(browser, link)
    assert changed(before, rows_digest(without=OF_THE_DOOR)) == []
    for link in links:
        path = link.removeprefix(site.url)
        if kind == INVITATION:
            come_in(comes("invited", size=PHONE), path, site)
        else:
            (choose_mails if path.endswith("#mails") or path == NEWS_CHOICE else KINDS[kind].use)(cast, path)


def come_in(buyer: Person, path: str, site: Site) -> None:
    """Come in by an invitation whose link was opened, and whose form was sent, by somebody else before."""
    buyer.go(path)
    buyer.button("Send me a code").click()
    buyer.sees("Type the code from your e-mail")
    buyer.fill("Code, eight letters and digits", site.mailbox.code("aisha.karim@halvorsen.example"))
    buyer.button("Come in").click()
    buyer.sees("What waits for you")
