"""Taking a card to another stage in a real browser: by pointer, by touch, by keyboard, from the menu. No way moves a deal."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from crm.actors import as_user
from deals.actions.deal import open_deal
from deals.actions.stage_total import recounted
from deals.models import Deal, Stage
from tests.cast import Cast
from tests.journeys.conftest import Site
from tests.journeys.person import PHONE, Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast(site: Site) -> Cast:
    cast = Cast()
    cast.write_problem()
    cast.let_in(cast.contact("Ingrid Solberg", "VP Supply Chain"))
    with recounted(Deal.objects.filter(pk=cast.deal.pk)):
        Deal.objects.filter(pk=cast.deal.pk).update(stage=stage(cast, "Understand"))
    open_deal(actor=as_user(cast.maya), title="Chilled goods", organization_id=cast.halvorsen.pk)
    return cast


def stage(cast: Cast, name: str) -> Stage:
    return Stage.objects.get(pipeline=cast.deal.pipeline_id, name=name)


def on_board(person: Person, cast: Cast) -> Locator:
    """Go to the board as the rep, and return the handle of the deal's card."""
    person.sign_in(cast.maya)
    person.go("/deals/")
    return person.page.locator(f"#card-{cast.deal.pk} .handle")


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_with_a_mouse_from_a_menu_and_with_the_keyboard(site: Site, comes: Callable[..., Person], cast: Cast) -> None:
    rep = comes("rep")
    handle = on_board(rep, cast)
    board, mouse = rep.page.url, rep.page.mouse
    over = rep.page.locator(f"#stage-{stage(cast, 'Test').pk}")
    mouse.move(*middle(handle))
    mouse.down()
    mouse.move(*middle(over), steps=6)
    rep.sees("Drop here to ask Halvorsen Foods for their yes. The card moves when they agree.")
    rep.look("dragging")
    mouse.up()
    expect(rep.page.locator("#id_to_stage")).to_have_value(str(stage(cast, "Test").pk))

    rep.go(board)
    handle.click()
    rep.look("stages-menu")
    rep.link("Define success").click()
    expect(rep.page.get_by_role("heading", name="Ask for a yes")).to_be_visible()

    rep.go(board)
    handle.focus()
    rep.page.keyboard.press("Space")
    rep.page.keyboard.press("ArrowLeft")
    rep.sees("Drop here to go back. Halvorsen Foods sees it; nothing happens before you confirm.")
    rep.page.keyboard.press("Escape")
    expect(rep.page.locator(".drop")).to_have_count(0)
    expect(handle).to_be_focused()
    rep.page.keyboard.press("Space")
    rep.page.keyboard.press("ArrowLeft")
    rep.page.keyboard.press("Space")
    expect(rep.page.get_by_label("Back to")).to_have_value(str(stage(cast, "Meet").pk))
    assert Deal.objects.get(pk=cast.deal.pk).stage == stage(cast, "Understand")


def test_with_a_finger_and_in_less_air(site: Site, comes: Callable[..., Person], cast: Cast) -> None:
    rep = comes("rep-phone", size=PHONE)
    handle = on_board(rep, cast)
    rep.button("Compact").click()
    rep.page.reload()
    expect(rep.button("Compact")).to_have_attribute("aria-pressed", "true")
    rep.look("compact")
    touch = rep.context.new_cdp_session(rep.page)
    (x, y), (to, _) = middle(rep.page.locator(".handle").first), middle(handle)
    for kind, at in (("touchStart", x), ("touchMove", (x + to) / 2), ("touchMove", to - 60)):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at, "y": y}]})
    rep.sees("Drop here to ask Halvorsen Foods for their yes.")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(rep.page.get_by_role("heading", name="Ask for a yes")).to_be_visible()
