"""Asking in a real browser: nobody is asked with a sentence that has not followed yet what was chosen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from crm.models import Question
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_form_is_held_until_the_sentence_has_followed(site: Site, comes: Callable[..., Person]) -> None:
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    assert cast.ingrid
    maya = comes("Maya")
    maya.sign_in(cast.maya)
    page = maya.page
    page.goto(f"{site.url}/deals/{cast.deal.pk}/ask/?about=problem")
    page.locator("[name=benefit]").fill("A page of figures.")
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/ask/preview/", lambda route: held.append(route))
    button, waits = page.get_by_role("button", name="Ask", exact=True), page.locator("[data-waits]")
    page.locator("[name=about][value=problem]").uncheck()
    page.locator("[name=about][value=criteria]").check()
    expect(waits).to_be_visible()
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    assert not Question.objects.exists()
    page.wait_for_timeout(600)
    for route in held:
        route.continue_()
    expect(waits).to_be_hidden()
    expect(page.locator("[name=sentence]")).to_have_value("If this is reached, will you call it a success?")
    button.click()
    page.wait_for_url(f"{site.url}/deals/{cast.deal.pk}/")
    assert Question.objects.get().sentence == "If this is reached, will you call it a success?"
