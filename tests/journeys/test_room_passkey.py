"""A buyer who comes often: adds a passkey in the room, goes out, and comes in again with nothing but the device."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from crm.models import Passkey, RoomSession
from tests.cast import Cast
from tests.crm.room.door import come_in
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def give_device(person: Person) -> None:
    """Give the browser a device that makes passkeys and unlocks itself (Chromium's virtual authenticator)."""
    devtools = person.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_opens_the_room(site: Site, comes: Callable[..., Person], settings) -> None:
    cast = Cast()
    cast.write_problem()
    buyer = comes("passkey", size=PHONE)
    give_device(buyer)
    room = f"/room/{cast.deal.room_id}/"
    token = come_in(cast.ingrid.contact)[1]
    buyer.context.add_cookies([{"name": settings.ROOM_COOKIE_NAME, "value": token, "url": site.url}])

    buyer.go(f"{room}kept/")
    buyer.link("Add a passkey").click()
    buyer.fill("What you call this device", "My phone")
    buyer.look("passkey")
    buyer.button("Add it").click()
    buyer.sees("Added. Next time this device lets you in.")
    buyer.look("passkeys")

    buyer.button("You", buyer.page.get_by_role("banner")).click()
    buyer.button("Sign out").click()
    buyer.sees("Come in with a code")
    buyer.look("door-passkey")
    buyer.button("Come in with a passkey").click()
    expect(buyer.page.get_by_role("heading", name="What waits for you")).to_be_visible()
    assert Passkey.objects.get().last_used_at is not None
    assert RoomSession.objects.filter(ended_at=None).get().method == "passkey"
