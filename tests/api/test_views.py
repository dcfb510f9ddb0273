"""Filters, saved views and many changes in one call, over REST."""

from typing import Any

import pytest

from crm.models import CustomField
from deals.actions.deal import open_deal
from deals.models import Deal
from tests.api.caller import Caller, make_key
from tests.cast import Cast

pytestmark = pytest.mark.django_db

LARGE = {"all": [{"field": "amount", "op": "at_least", "values": ["100"]}]}


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    CustomField.objects.create(on="deal", key="region", label="Region", type="text")
    for number in range(5):
        open_deal(
            actor=cast.rep,
            title=f"Deal {number}",
            organization_id=cast.halvorsen.pk,
            amount=str(100 * number) if number else None,
            custom={"region": "North" if number % 2 else "South"},
        )
    assert cast.stranger
    assert cast.colleague
    return cast


def titles(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [one["title"] for one in answer.json()["data"]]


def refused(answer: Any, status: int, pointer: str) -> None:
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert pointer in [one["pointer"] for one in body["errors"]], body


def test_a_list_takes_the_filters_of_its_table(api: Caller) -> None:
    assert titles(api.get("/deals/?sort=title&where=any(amount:at_least:400;custom.region:has:SOU)")) == [
        "Deal 0",
        "Deal 2",
        "Deal 4",
    ]
    assert titles(api.get("/deals/?sort=title&status=open&where=amount:empty")) == ["Deal 0"]
    assert api.get("/deals/?where=owner:is:me&count=exact&limit=1").json()["count"] == 5
    for where in ("zzz", "none:is:1", "amount:is:many"):
        refused(api.get(f"/deals/?where={where}"), 400, "?where")
    assert api.get("/organizations/?where=industry:empty").json()["data"][0]["name"] == "Halvorsen Foods"
    assert api.get("/contacts/?where=email:empty").json()["data"] == []
    assert api.get("/rooms/?where=x").status_code == 400


@pytest.mark.slow
def test_a_view_is_saved_opened_changed_and_deleted(cast: Cast, api: Caller) -> None:
    body = {"kind": "deal", "name": "Large", "filter": LARGE, "columns": ["amount"], "sort": "-amount"}
    made = api.post("/views/", body)
    assert made.status_code == 201, made.json()
    view = made.json()
    assert view["where"] == "amount:at_least:100"
    assert titles(api.get(f"/deals/?view={view['id']}")) == ["Deal 4", "Deal 3", "Deal 2", "Deal 1"]
    first = api.get(f"/deals/?view={view['id']}&limit=3").json()
    assert titles(api.get(f"/deals/?view={view['id']}&limit=3&cursor={first['next_cursor']}")) == ["Deal 1"]
    assert titles(api.get(f"/deals/?view={view['id']}&sort=title&where=amount:at_most:200")) == ["Deal 1", "Deal 2"]
    by_region = api.patch(f"/views/{view['id']}/", {"sort": "custom.region", "shared": True}, version=1).json()
    assert by_region["team"] == str(cast.team.pk)
    first = api.get(f"/deals/?view={view['id']}&limit=3").json()
    assert len(titles(api.get(f"/deals/?view={view['id']}&cursor={first['next_cursor']}"))) == 1
    others = Caller(make_key(cast.colleague))
    assert [one["name"] for one in others.get("/views/?kind=deal").json()["data"]] == ["Large"]
    assert others.patch(f"/views/{view['id']}/", {"name": "Mine"}, version=2).status_code == 403
    stranger = Caller(make_key(cast.stranger))
    assert stranger.get(f"/views/{view['id']}/").status_code == 404
    assert stranger.get(f"/deals/?view={view['id']}").status_code == 404
    assert api.get(f"/organizations/?view={view['id']}").status_code == 404
    assert api.delete(f"/views/{view['id']}/", version=1).status_code == 412
    assert api.delete(f"/views/{view['id']}/", version=2).status_code == 204
    refused(api.post("/views/", {**body, "filter": {"all": [{"field": "none", "op": "is"}]}}), 400, "/filter")
    refused(api.post("/views/", {**body, "sort": "ground"}), 400, "/sort")
    assert api.post("/views/", {**body, "kind": "poem"}).status_code == 404


def rows_of(*deals: Deal, **changes: Any) -> dict[str, Any]:
    return {"rows": [{"id": str(deal.pk), "version": deal.version, **changes} for deal in deals]}


@pytest.mark.slow
def test_many_are_changed_all_or_none(cast: Cast, api: Caller) -> None:
    deals = list(Deal.objects.order_by("title"))
    answer = api.post("/deals/bulk/", rows_of(*deals, close_on="2027-01-31", custom={"region": "West"}))
    assert answer.status_code == 200, answer.json()
    assert [one["version"] for one in answer.json()["data"]] == [2] * 5
    assert [one["id"] for one in answer.json()["data"]] == [str(deal.pk) for deal in deals]
    stale = rows_of(*Deal.objects.order_by("title"), amount={"amount": "7.00", "currency": "EUR"})
    stale["rows"][3]["version"] = 1
    refused(api.post("/deals/bulk/", stale), 409, "/rows/3/version")
    assert not Deal.objects.filter(amount=7).exists()
    parts = api.post("/deals/bulk/?atomic=false", stale).json()["data"]
    assert [one["status"] for one in parts] == [200, 200, 200, 409, 200]
    assert parts[3]["code"] == "stale"
    assert Deal.objects.filter(amount=7, currency="EUR").count() == 4


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"close_on": "soon"}, "/rows/0/close_on"),
        ({"title": ""}, "/rows/0/title"),
        ({"stage": "x"}, "/rows/0/stage"),
        ({"custom": {"none": 1}}, "/rows/0/custom/none"),
    ],
)
def test_what_is_wrong_with_one_of_many_says_which(api: Caller, change: dict[str, Any], pointer: str) -> None:
    refused(api.post("/deals/bulk/", rows_of(Deal.objects.earliest("pk"), **change)), 400, pointer)


def test_a_call_of_many_has_bounds(cast: Cast, api: Caller) -> None:
    deal = Deal.objects.earliest("pk")
    refused(api.post("/deals/bulk/", {"rows": []}), 400, "/rows")
    refused(api.post("/deals/bulk/", rows_of(deal, deal, title="Twice")), 400, "/rows")
    refused(api.post("/deals/bulk/?atomic=perhaps", rows_of(deal, title="One")), 400, "?atomic")
    refused(Caller(make_key(cast.stranger)).post("/deals/bulk/", rows_of(deal, title="Mine")), 400, "/rows/0/id")
    assert Caller(make_key(cast.maya, "deals:read")).post("/deals/bulk/", rows_of(deal, title="x")).status_code == 403
    row = {"id": str(cast.halvorsen.pk), "version": 1}
    assert api.post("/organizations/bulk/", {"rows": [{**row, "industry": "Food"}]}).status_code == 200


def test_a_deal_goes_into_the_archive_and_comes_back(api: Caller) -> None:
    deal = Deal.objects.get(title="Deal 0")
    assert api.delete(f"/deals/{deal.pk}/", version=deal.version).status_code == 204
    assert api.get(f"/deals/{deal.pk}/").status_code == 404
    assert api.post(f"/deals/{deal.pk}/restore/", version=deal.version + 1).json()["title"] == "Deal 0"
