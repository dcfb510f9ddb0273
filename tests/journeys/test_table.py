"""A rep at the table of deals: filters, keeps the view, changes two rows at once, and takes it back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from deals.actions.deal import open_deal
from deals.models import Deal
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_filter_keep_change_two_and_undo(site: Site, comes: Callable[..., Person]) -> None:
    cast = Cast()
    for number in range(1, 6):
        open_deal(
            actor=cast.rep,
            title=f"Deal {number}",
            organization_id=cast.halvorsen.pk,
            amount=str(number * 100),
            close_on=f"2027-03-0{number}",
        )
    cast.maya.set_password("a long one of words")
    cast.maya.save()
    maya = comes("rep")
    page = maya.page
    maya.go("/accounts/login/?next=/deals/?form=table")
    maya.fill("E-mail", cast.maya.email)
    maya.fill("Password", "a long one of words", exact=True)
    page.get_by_role("button", name="Sign in", exact=True).click()

    maya.link("Table").click()
    maya.link("Filter").click()
    page.get_by_label("Field", exact=True).select_option(label="Amount")
    expect(page.get_by_label("How", exact=True)).to_be_visible()
    page.get_by_label("Value", exact=True).fill("300")
    page.get_by_label("How", exact=True).select_option(label="is at least")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_label("Value", exact=True)).to_have_value("300")
    maya.look("a filter being edited")
    maya.button("Apply").click()
    maya.sees("3 deals")

    maya.link("Save this view").click()
    maya.fill("Name", "Larger ones")
    maya.button("Save").click()
    expect(maya.link("Larger ones")).to_have_attribute("aria-current", "page")

    cell = page.get_by_role("row", name="Deal 5").get_by_role("link", name="change Amount")
    cell.click()
    page.get_by_label("Amount of").fill("550")
    maya.look("a cell being changed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name="Deal 5")).to_contain_text("$550")
    assert Deal.objects.get(title="Deal 5").amount == 550

    for number in (3, 4):
        page.get_by_role("checkbox", name=f"Choose Halvorsen Foods: Deal {number}").check()
    expect(page.locator(".bulk")).to_be_visible()
    maya.look("two rows chosen")
    maya.button("Agree by", page.locator(".bulk")).click()
    page.get_by_label("Agree by").fill("2027-06-30")
    maya.button("See what changes").click()
    maya.sees("2 deals would change.")
    maya.look("what would change")
    maya.button("Change 2 deals").click()
    maya.sees("2 deals changed.")
    assert Deal.objects.filter(close_on="2027-06-30").count() == 2
    maya.button("Undo").click()
    maya.sees("2 deals put back.")
    assert not Deal.objects.filter(close_on="2027-06-30").exists()

    page.set_viewport_size(PHONE)
    for form in ("table", "calendar&month=2027-03", "board"):
        maya.go(f"/deals/?form={form}")
        maya.look(f"deals on a phone: {form}")
    maya.go("/deals/?form=table&where=&edit=new&field=status")
    maya.look("a filter on a phone")
