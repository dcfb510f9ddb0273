"""A cell changed in its place: by the rules of the kind, with what a second writer sees."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crm.actors import as_user
from crm.models import CustomField, Organization
from deals.actions.deal import change_deal
from deals.models import Deal
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def address(cast: Cast, field: str) -> str:
    return reverse("crm:cell", args=["deal", cast.deal.pk, field])


def opened(client: Client, url: str) -> dict[str, Any]:
    """Open a cell and return what its form would send unchanged."""
    form = client.get(url).context["editing"].form
    return {name: form[name].value() for name in ("version", "started_from", "back")}


def test_a_cell_opens_in_its_place_and_is_saved(cast: Cast, maya: Client) -> None:
    url = address(cast, "amount")
    assert 'class="cell" href="' + url in maya.get("/deals/?form=table").content.decode()
    part = maya.get(url, **HTMX).content.decode()
    assert part.strip().startswith("<td")
    assert 'value="1,860,000"' in part
    saved = maya.post(url, {**opened(maya, url), "amount": "285,000"}, **HTMX).content.decode()
    assert saved.strip().startswith("<td")
    assert "$285,000" in saved
    assert "Saved" in saved
    assert Deal.objects.get(pk=cast.deal.pk).amount == 285000
    assert "$285,000" in maya.get(f"{url}?show").content.decode()


def test_without_a_script_a_page_leads_back_to_the_list(cast: Cast, maya: Client) -> None:
    url = address(cast, "close_on")
    came = "http://testserver/deals/?form=table&sort=close_on"
    form = maya.get(url, HTTP_REFERER=came).context["editing"].form
    data = {"version": 1, "started_from": form["started_from"].value(), "back": form["back"].value()}
    answer = maya.post(url, {**data, "close_on": "2027-01-31"})
    assert answer.headers["Location"] == "/deals/?form=table&sort=close_on"
    away = maya.post(url, {**opened(maya, url), "close_on": "2027-02-01", "back": "https://elsewhere.example/"})
    assert away.headers["Location"] == "/deals/"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("amount", "many", "is not a number"),
        ("amount", "-5", "cannot be less than"),
        ("close_on", "2027-02-30", "There is no such day"),
        ("title", "", "Write something here"),
        ("owner", "0198b3a0-0000-7000-8000-000000000000", "Select a valid choice"),
        ("custom.seats", "x", "is not a number"),
    ],
)
def test_what_cannot_be_taken_stays_in_the_cell(cast: Cast, maya: Client, field: str, typed: str, said: str) -> None:
    CustomField.objects.create(on="deal", key="seats", label="Seats", type="number")
    url = address(cast, field)
    answer = maya.post(url, {**opened(maya, url), field: typed}, **HTMX)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert typed in answer.content.decode()


@pytest.mark.slow
def test_custom_fields_of_every_type_are_changed_and_emptied(cast: Cast, maya: Client) -> None:
    for type_, typed, kept in (
        ("text", "North", "North"),
        ("number", "12.5", "12.5"),
        ("date", "2027-01-31", "2027-01-31"),
        ("choice", "S", "S"),
        ("yes_no", "True", True),
    ):
        CustomField.objects.create(on="deal", key=type_, label=type_, type=type_, choices=["S", "L"])
        url = address(cast, f"custom.{type_}")
        maya.post(url, {**opened(maya, url), f"custom.{type_}": typed})
        assert Deal.objects.get(pk=cast.deal.pk).custom[type_] == kept
        assert opened(maya, url)["version"] > 1
        maya.post(url, {**opened(maya, url), f"custom.{type_}": ""})
        assert type_ not in Deal.objects.get(pk=cast.deal.pk).custom


def test_a_second_writer_sees_both_and_decides(cast: Cast, maya: Client) -> None:
    url = address(cast, "amount")
    data = opened(maya, url)
    change_deal(actor=as_user(cast.admin), deal_id=cast.deal.pk, version=1, values={"amount": "300000"})
    answer = maya.post(url, {**data, "amount": "285,000"}, **HTMX)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody wrote this meanwhile" in page
    assert "$300,000" in page
    assert 'value="285,000"' in page
    form = answer.context["editing"].form
    again = {name: form[name].value() for name in ("version", "started_from", "back")}
    assert maya.post(url, {**again, "amount": "285,000"}).status_code == 302
    assert Deal.objects.get(pk=cast.deal.pk).amount == 285000


def test_changes_of_other_fields_are_put_together(cast: Cast, maya: Client) -> None:
    url = address(cast, "amount")
    data = opened(maya, url)
    change_deal(actor=as_user(cast.admin), deal_id=cast.deal.pk, version=1, values={"title": "Another title"})
    assert maya.post(url, {**data, "amount": "285,000"}).status_code == 302
    deal = Deal.objects.get(pk=cast.deal.pk)
    assert deal.title == "Another title"
    assert deal.amount == 285000


def test_who_only_reads_changes_nothing(cast: Cast, maya: Client) -> None:
    url = address(cast, "amount")
    for person, status in ((cast.colleague, 403), (cast.stranger, 404)):
        maya.force_login(person)
        assert maya.get(url).status_code == status
        assert maya.post(url, {"amount": "1", "version": 1}).status_code == status
    maya.force_login(cast.colleague)
    assert 'class="cell"' not in maya.get("/deals/?form=table").content.decode()


@pytest.mark.parametrize("field", ["stage", "ground", "none", "updated_at", "custom.none"])
def test_what_a_table_does_not_change_has_no_cell_to_open(cast: Cast, maya: Client, field: str) -> None:
    assert maya.get(address(cast, field)).status_code == 404


def test_a_client_is_renamed_in_its_cell(cast: Cast, maya: Client) -> None:
    url = reverse("crm:cell", args=["organization", cast.halvorsen.pk, "industry"])
    maya.post(url, {**opened(maya, url), "industry": "Food"})
    assert Organization.objects.get(pk=cast.halvorsen.pk).industry == "Food"
