"""A rep's first hour: clients, contacts and deals come over from HubSpot, and the board shows them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from crm.models import Contact, ImportRun, Organization
from deals.imports.job import work_on_imports
from deals.models import Deal
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.mailbox import open_mailbox
from tests.journeys.person import Person
from tests.serving import serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

EXPORTS = Path(__file__).resolve().parents[1] / "data" / "exports"


@pytest.fixture
def site(settings, empty_redis) -> Iterator[Site]:
    """Serve as in production: uploads and what they lead to go over kept connections."""
    with serving() as address, open_mailbox() as (mailbox, _port):
        settings.SITE_URL, settings.ALLOWED_HOSTS = address, ["127.0.0.1"]
        yield Site(address, mailbox)


def sees(rep: Person, text: str) -> None:
    """Expect words on the page; what a job or an upload leads to may take a while."""
    expect(rep.page.get_by_text(text).first).to_be_visible(timeout=30_000)


def bring_in(rep: Person, kind: str, file: str, decide: dict[str, str] | None = None) -> None:
    """Choose a file, check it, decide what is asked, import it."""
    rep.go("/imports/")
    rep.page.get_by_label(kind, exact=True).check()
    rep.page.get_by_label("The file").set_input_files(EXPORTS / file)
    rep.button("Look at the file").click()
    sees(rep, "First row")
    rep.button("Check the rows").click()
    sees(rep, "Looking at the whole file first")
    _work(rep)
    if decide:
        for label, option in decide.items():
            rep.choose(label, option)
        rep.look(f"decisions about {kind}")
        rep.button("Decide and check again").click()
        _work(rep)
    count = ImportRun.objects.latest("started_at").total
    rep.button(f"Import {count} rows").click()
    _work(rep)
    sees(rep, "What happened")


def _work(rep: Person) -> None:
    expect(rep.page.locator("#progress progress")).to_be_visible(timeout=30_000)
    work_on_imports()
    rep.page.reload()


def test_a_hubspot_export_becomes_clients_contacts_and_deals(
    site: Site, comes: Callable[..., Person], settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    cast = Cast()
    assert cast.maya
    rep = comes("Maya")
    rep.sign_in(cast.maya)
    rep.go("/imports/")
    rep.look("choosing a file")
    bring_in(rep, "Clients", "hubspot-companies.csv")
    bring_in(rep, "Contacts", "hubspot-contacts.csv")
    decide = {
        "“Appointment Scheduled” becomes the stage": "Default: Meet",
        "“Contract Sent” becomes the stage": "Default: Plan",
        "“Petra Unknown” is": "Maya Okafor",
    }
    bring_in(rep, "Deals", "hubspot-deals.csv", decide)
    rep.look("what an import did")
    assert (Organization.objects.count(), Contact.objects.count(), Deal.objects.count()) == (3, 4, 4)
    rep.link("Demand forecasting").click()
    sees(rep, "Halvorsen Foods")
    rep.go("/deals/")
    sees(rep, "Demand forecasting")
    rep.go(f"/imports/{ImportRun.objects.latest('started_at').pk}/")
    rep.button("Undo this import").click()
    _work_undone(rep)
    assert not Deal.objects.filter(archived_at=None).exists()


def _work_undone(rep: Person) -> None:
    sees(rep, "Undoing")
    work_on_imports()
    rep.page.reload()
    sees(rep, "Undone: 4")
