"""The page of a client that nobody has talked to yet: a dream, a first note, and how well one knows each other."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from crm.actions.organization import create_organization
from tests.cast import Cast
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_client_is_met_written_about_and_known(comes: Callable[..., Person]) -> None:
    cast = Cast()
    bakery = create_organization(actor=cast.rep, values={"name": "Osei Bakery"})
    rep = comes("rep", size=PHONE)
    rep.sign_in(cast.maya)
    rep.go(f"/clients/{bakery.pk}/")
    rep.button("More actions").click()
    rep.button("Mark as a dream client").click()
    rep.sees("Dream client")
    rep.look("client")
    rep.link("Write a note").click()
    rep.sees("You work in no room with Osei Bakery yet")
    rep.fill("In one line", "They bake at night", exact=True)
    rep.look("note")
    rep.button("Write it down").click()
    rep.sees("They bake at night")
    rep.link("Say it, with evidence").click()
    rep.page.get_by_label("We have met").check()
    rep.fill("What it rests on", "They showed us the ovens: Kwame, at night", exact=True)
    rep.look("relationship")
    rep.button("Save").click()
    rep.sees("They showed us the ovens")
    rep.look("known")
    rep.link("Numbers").click()
    rep.sees("Nothing of this kind has happened yet")
    rep.link("Talks").click()
    expect(rep.page.get_by_text("They bake at night")).to_be_visible()
