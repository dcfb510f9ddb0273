"""The administration in a real browser, under the strict content policy: nothing is blocked, nothing fails, nothing is too wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.person import DESKTOP, PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_administrator_looks_around_and_the_console_stays_silent(comes: Callable[..., Person], size) -> None:
    cast = Cast()
    cast.admin.set_password("correct horse")
    cast.admin.save()
    ada = comes("admin", size=size)
    ada.go("/admin/")
    ada.page.get_by_label("E-mail").fill(cast.admin.email)
    ada.page.get_by_label("Password").fill("correct horse")
    ada.button("Sign in").last.click()
    ada.sees("People and the record")
    ada.page.get_by_role("link", name="Contacts").first.click()
    expect(ada.page.get_by_role("heading", name="Select contact to view")).to_be_visible()
    background = ada.page.evaluate("getComputedStyle(document.body).backgroundColor")
    ada.page.emulate_media(color_scheme="dark")
    assert ada.page.evaluate("getComputedStyle(document.body).backgroundColor") != background
    assert ada.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
