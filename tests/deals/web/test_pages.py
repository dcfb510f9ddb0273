"""The rep's pages of a deal open, for whom they may, in a constant number of queries."""

import pytest
from django.test import Client
from django.urls import reverse

from deals.actions.deal import open_deal
from deals.actions.stakeholder import add_stakeholder, assess_stakeholder
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PAGES = (
    "deals:deal",
    "deals:ask",
    "deals:record",
    "deals:lines",
    ("deals:section", "people"),
    ("deals:section", "problem"),
    ("deals:section", "criteria"),
    ("deals:revisions", "problem"),
    ("deals:revisions", "criteria"),
)


def address(cast: Cast, page: str | tuple[str, str]) -> str:
    name, *more = (page,) if isinstance(page, str) else page
    return reverse(name, args=[cast.deal.pk, *more])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_the_owner_and_a_colleague_and_for_nobody_else(cast, signed_in, page) -> None:
    url = address(cast, page)
    assert signed_in(cast.maya).get(url).status_code == 200
    assert signed_in(cast.colleague).get(url).status_code == 200
    assert signed_in(cast.stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_the_board_shows_own_and_not_foreign_deals(cast, signed_in) -> None:
    url = reverse("deals:board")
    assert cast.deal.title in signed_in(cast.maya).get(url).content.decode()
    assert cast.deal.title not in signed_in(cast.stranger).get(url).content.decode()


@pytest.mark.slow
def test_the_board_costs_the_same_for_any_number_of_deals(cast, signed_in, assert_query_baseline) -> None:
    client, url = signed_in(cast.maya), reverse("deals:board")
    for number in range(30):
        open_deal(actor=cast.rep, title=f"Deal {number}", organization_id=cast.halvorsen.pk)
    with assert_query_baseline("deals:board"):
        html = client.get(url).content.decode()
    assert html.count('class="deal-card"') == 20
    stage = cast.deal.stage_id
    assert client.get(url, {"more": f"{stage}:40"}).content.decode().count('class="deal-card"') == 31


@pytest.mark.parametrize(
    "query",
    [
        "pipeline=x",
        "form=%00",
        "sort=1",
        "columns=x",
        "edit=9.9",
        "more=x:99999",
        "more=%F0%9F%98%80:1",
        "edit=new&field=x",
    ],
)
def test_an_address_with_nonsense_shows_the_board(cast, signed_in, query) -> None:
    assert signed_in(cast.maya).get(f"{reverse('deals:board')}?{query}").status_code == 200


@pytest.mark.slow
def test_the_map_shows_reports_places_and_what_only_we_think(cast, signed_in) -> None:
    add = {"actor": cast.rep, "deal_id": cast.deal.pk}
    values = {"side": "buyer", "contact": cast.ingrid.contact_id, "roles": ["decision_maker"], "wants": "Full shelves."}
    boss = add_stakeholder(**add, values=values)
    assess_stakeholder(
        actor=cast.rep, stakeholder_id=boss.pk, influence="strong", attitude="for", note="Was burnt once."
    )
    add_stakeholder(**add, values={"side": "buyer", "place": "Production planning", "reports_to": boss.pk})
    html = signed_in(cast.maya).get(address(cast, ("deals:section", "people"))).content.decode()
    assert "Was burnt once." in html
    assert html.index("Ingrid Solberg</b>") < html.index("Production planning</b>")
