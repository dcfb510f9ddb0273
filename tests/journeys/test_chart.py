"""Charts of many goals in a real browser: no two labels that are shown lie upon each other, on a phone and on a desk."""

from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser

from handoff.rules.chart import LARGE, SMALL, Frame
from tests.handoff.queries.test_label import chart

pytestmark = pytest.mark.browser

CSS = Path(__file__).resolve().parents[2] / "crm/static/crm/css"
LOOK = "".join((CSS / name).read_text() for name in ("tokens.css", "components/charts.css", "components/utilities.css"))
BOXES = """() => [...document.querySelectorAll('svg.chart')].map(svg => [...svg.querySelectorAll('text')]
  .filter(text => getComputedStyle(text).display !== 'none')
  .map(text => [text.textContent, text.getBoundingClientRect()])
  .map(([words, box]) => [words, box.left, box.right, box.top, box.bottom]))"""
UNITS = ("%", "EUR", "hours", "% of cost", "", "店舗あたりの件数")
LEADING = 2.0
"""A box has air above and below its letters; so much of it may be shared."""


def charts(frame: Frame) -> str:
    """Draw charts of goals whose values, dates and units are all over the place."""
    dice = Random(11)
    drawn = []
    for number in range(40):
        size = 10 ** dice.randint(0, 9)
        values = [round(Decimal(dice.uniform(-1, 1) * size), dice.randint(0, 2)) for _value in range(8)]
        rows = sorted(zip(dice.sample(range(-20, 700), 6), values, strict=False))
        view = chart(dice.choice(UNITS), values[-1], values[-2], dice.randint(1, 600), rows, frame)
        drawn.append(render_to_string("handoff/goal/_chart.html", {"chart": view, "chart_id": f"c{number}"}))
    return "".join(f"<div>{one}</div>" for one in drawn)


def meet(one: list, other: list) -> bool:
    """Whether two boxes lie upon each other."""
    (_, left, right, top, foot), (_, left2, right2, top2, foot2) = one, other
    beside = right <= left2 or right2 <= left
    return not (beside or top + 2 * LEADING >= foot2 or top2 + 2 * LEADING >= foot)


@pytest.mark.parametrize("frame", [LARGE, SMALL], ids=["large", "small"])
@pytest.mark.parametrize(("window", "chart_width"), [(320, 248), (390, 318), (801, 612), (1440, 860)])
def test_no_two_labels_that_are_shown_lie_upon_each_other(browser: Browser, frame, window, chart_width) -> None:
    page = browser.new_page(viewport={"width": window, "height": 900})
    width = chart_width if frame is LARGE or window < 800 else 309
    page.set_content(f"<style>{LOOK} div {{ width: {width}px; margin: 40px 20px }}</style>{charts(frame)}")
    drawn = page.evaluate(BOXES)
    page.close()
    assert sum(len(labels) for labels in drawn) > 3 * len(drawn)
    assert not [(one[0], other[0]) for labels in drawn for one, other in combinations(labels, 2) if meet(one, other)]
