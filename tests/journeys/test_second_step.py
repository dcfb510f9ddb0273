"""Signing in without a password alone, in a real browser: a passkey, a code from an app, a recovery code."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from crm.models import User
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "common-ground-2026"


@pytest.fixture
def maya() -> User:
    maya = Cast().maya
    maya.set_password(PASSWORD)
    maya.save(update_fields=["password"])
    return maya


def give_authenticator(person: Person) -> None:
    """Put a made-up fingerprint reader into the person's computer; whoever touches it is always recognised."""
    devices = person.context.new_cdp_session(person.page)
    devices.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": reader})


def code_of(secret: str, *, later: int = 0) -> str:
    """What the app showed half a minute ago, or shows `later` half minutes after that; the tolerance of one takes both."""
    counter = list(totp.yield_hotp_counters_from_time())[later]
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def type_password(person: Person, user: User) -> None:
    person.go("/accounts/login/")
    person.fill("E-mail", user.email)
    person.fill("Password", PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()


def is_in(person: Person) -> None:
    person.page.wait_for_url("**/day/")


def open_security(person: Person) -> None:
    person.go("/accounts/2fa/")
    person.sees("Second step and passkeys")


def prove_again(person: Person) -> None:
    """What guards the account is changed only by somebody who has just shown who they are."""
    person.sees("Is it still you?")
    person.fill("Password", PASSWORD)
    person.button("Go on").click()


def sign_out(person: Person) -> None:
    person.go("/accounts/logout/")
    person.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(person.button("Sign in with a passkey")).to_be_visible()


def test_a_passkey_is_added_and_signs_in(maya: User, comes: Callable[..., Person]) -> None:
    rep = comes("passkey")
    give_authenticator(rep)
    type_password(rep, maya)
    open_security(rep)
    rep.link("Add a passkey").click()
    prove_again(rep)
    rep.fill("Name", "The laptop")
    expect(rep.page.get_by_label("It signs me in alone")).to_be_checked()
    rep.look("add-a-passkey")
    rep.button("Add it").click()
    rep.sees("Recovery codes")
    rep.look("passkey-added")
    sign_out(rep)
    rep.button("Sign in with a passkey").click()
    is_in(rep)
    rep.go("/accounts/2fa/webauthn/")
    rep.sees("The laptop")
    rep.look("passkeys")


def test_a_key_that_is_only_the_second_step(maya: User, comes: Callable[..., Person]) -> None:
    rep = comes("key")
    give_authenticator(rep)
    type_password(rep, maya)
    open_security(rep)
    rep.link("Add a passkey").click()
    prove_again(rep)
    rep.page.get_by_label("It signs me in alone").uncheck()
    rep.button("Add it").click()
    rep.sees("Recovery codes")
    sign_out(rep)
    type_password(rep, maya)
    rep.sees("Step 2 of 2")
    rep.look("second-step")
    rep.button("Use a passkey or security key").click()
    is_in(rep)


def test_a_code_from_an_app_and_one_from_paper(maya: User, comes: Callable[..., Person], settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # a code may fall into the next half minute
    rep = comes("codes")
    type_password(rep, maya)
    open_security(rep)
    rep.link("Set up the app").click()
    prove_again(rep)
    secret = rep.page.locator("form code").inner_text().strip()
    rep.look("set-up-codes")
    rep.fill("Six digits", code_of(secret))
    rep.button("Switch it on").click()
    rep.sees("Recovery codes")
    on_paper = rep.page.get_by_text(re.compile(r"^\d{8}$")).first.inner_text()
    sign_out(rep)
    type_password(rep, maya)
    rep.fill("Six digits, or a recovery code", code_of(secret, later=1))  # each code counts once
    rep.page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(rep)
    sign_out(rep)
    type_password(rep, maya)
    rep.fill("Six digits, or a recovery code", on_paper)
    rep.page.get_by_role("button", name="Sign in", exact=True).click()
    is_in(rep)


def test_an_address_that_is_a_number_is_told_of(site: Site, comes: Callable[..., Person], settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    rep = comes("number")
    rep.page.goto(f"{site.url.replace('localhost', '127.0.0.1')}/accounts/login/")
    rep.button("Sign in with a passkey").click()
    rep.sees("Passkeys work only at an address with a name")
