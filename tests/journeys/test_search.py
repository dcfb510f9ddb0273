"""One box for everything: with a slip of the finger to a deal, by keys alone; and two clients that are one."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect

from crm.actions.duplicate import compare
from crm.actions.organization import create_organization
from crm.config import settings as project
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def seated(site: Site, comes: Callable[..., Person]) -> tuple[Cast, Person]:
    """Seat Maya, signed in."""
    cast, person, client = Cast(), comes("rep"), Client()
    cast.write_problem()
    client.force_login(cast.maya)
    session = client.cookies[project.SESSION_COOKIE_NAME].value
    person.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
    return cast, person


def test_a_slip_of_the_finger_still_leads_to_the_deal(seated: tuple[Cast, Person]) -> None:
    cast, rep = seated
    keys = rep.page.keyboard
    rep.go("/clients/")
    keys.press("Control+k")
    box = rep.page.get_by_role("combobox", name="Search or type a command")
    expect(box).to_be_focused()
    expect(rep.page.get_by_role("option", name="Add a client")).to_be_visible()
    keys.type("halvrosen demnad")
    deal = rep.page.get_by_role("option", name="Halvorsen Foods: Demand forecasting")
    expect(deal).to_be_visible(timeout=15_000)
    expect(deal).to_have_attribute("aria-selected", "true")
    rep.look("palette")
    keys.press("Enter")
    rep.page.wait_for_url(f"**/deals/{cast.deal.pk}/")
    keys.press("3")
    rep.page.wait_for_url("**/problem/")
    keys.press("?")
    shortcuts = rep.page.get_by_role("dialog", name="Shortcuts on this page")
    expect(shortcuts.get_by_text("Ask for a yes")).to_be_visible()
    expect(shortcuts.get_by_text("Filter the list")).to_be_hidden()
    rep.look("shortcuts")
    shortcuts.get_by_role("switch").uncheck()
    keys.press("Escape")
    keys.press("1")
    keys.press("Control+k")
    keys.type("client")
    rep.page.get_by_role("option", name="Clients").click()
    rep.page.wait_for_url("**/clients/")
    keys.press("Control+k")
    keys.type("settings pipel")
    rep.page.get_by_role("option", name="Settings: Pipelines").click()
    rep.page.wait_for_url("**/settings/pipelines/")


def test_two_clients_become_one_and_two_again(seated: tuple[Cast, Person]) -> None:
    cast, rep = seated
    twin = create_organization(actor=cast.rep, values={"name": "Halvorsen Foods AS", "domain": "halvorsen.example"})
    compare("organization", twin)
    rep.go("/duplicates/")
    rep.look("duplicates")
    rep.link("Look at both").click()
    rep.look("both")
    rep.button("Put together").click()
    rep.sees("Put together. Old links lead here")
    rep.look("together")
    rep.go(f"/clients/{twin.pk}/")
    rep.page.wait_for_url(f"**/clients/{cast.halvorsen.pk}/")
    rep.button("Take apart").click()
    rep.sees("They are two again, as they were.")
