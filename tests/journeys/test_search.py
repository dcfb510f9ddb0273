"""One box for everything: with a slip of the finger to a deal, by keys alone."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import expect

from crm.config import settings as project
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_slip_of_the_finger_still_leads_to_the_deal(site: Site, comes: Callable[..., Person]) -> None:
    cast = Cast()
    cast.write_problem()
    rep = comes("rep")
    client = Client()
    client.force_login(cast.maya)
    session = client.cookies[project.SESSION_COOKIE_NAME].value
    rep.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
    keys = rep.page.keyboard
    rep.go("/clients/")
    keys.press("Control+k")
    box = rep.page.get_by_role("combobox", name="Search or type a command")
    expect(box).to_be_focused()
    expect(rep.page.get_by_role("option", name="Add a client")).to_be_visible()
    keys.type("halvrosen demnad")
    deal = rep.page.get_by_role("option", name="Halvorsen Foods: Demand forecasting")
    expect(deal).to_be_visible()
    expect(deal).to_have_attribute("aria-selected", "true")
    rep.look("palette")
    keys.press("Enter")
    rep.page.wait_for_url(f"**/deals/{cast.deal.pk}/")
    keys.press("3")
    rep.page.wait_for_url("**/problem/")
    keys.press("?")
    shortcuts = rep.page.get_by_role("dialog", name="Shortcuts on this page")
    expect(shortcuts.get_by_text("Ask for a yes")).to_be_visible()
    expect(shortcuts.get_by_text("Write down a task")).to_be_hidden()
    rep.look("shortcuts")
    shortcuts.get_by_role("switch").uncheck()
    keys.press("Escape")
    keys.press("1")
    keys.press("Control+k")
    keys.type("client")
    rep.page.get_by_role("option", name="Clients").click()
    rep.page.wait_for_url("**/clients/")
