"""Clients and people as tables: searched, filtered, sorted, and nothing told that is not shown."""

import pytest
from django.test import Client

from crm.clock import now
from crm.models import Contact, Organization
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def shown(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def test_clients_are_filtered_and_sorted(cast: Cast, maya: Client) -> None:
    at = now()
    for name, industry in (("Åland Dairy", "Food"), ("Zebra Steel", "")):
        Organization.objects.create(name=name, industry=industry, created_at=at, updated_at=at)
    html = shown(maya, "/clients/?sort=-industry")
    assert html.index("Åland Dairy") < html.index("Zebra Steel")  # without an industry comes last
    assert "3 clients" in html
    html = shown(maya, "/clients/?where=industry:empty;name:has:zebra")
    assert "Zebra Steel" in html
    assert "Åland" not in html
    assert "Åland Dairy" in shown(maya, "/clients/?q=land")
    assert maya.get("/clients/?where=amount:is:1").status_code == 400


def test_addresses_are_neither_shown_nor_found_by_who_may_not_see_them(cast: Cast, maya: Client) -> None:
    address = cast.ingrid.contact.email
    assert address in shown(maya, "/contacts/")
    assert "Ingrid Solberg" in shown(maya, "/contacts/?where=email:has:ingrid")
    maya.force_login(cast.stranger)
    html = shown(maya, "/contacts/?sort=email&columns=email,organization")
    assert "Ingrid Solberg" in html
    assert address not in html
    for url in ("where=email:has:ingrid", "where=email:filled", "q=halvorsen.example"):
        assert "Ingrid Solberg" not in shown(maya, f"/contacts/?{url}")
    assert "Ingrid Solberg" in shown(maya, "/contacts/?where=email:empty")


def test_who_was_erased_stands_in_no_table(cast: Cast, maya: Client) -> None:
    Contact.objects.filter(pk=cast.ingrid.contact_id).update(archived_at=now(), erased_at=now())
    assert "Ingrid Solberg" not in shown(maya, "/contacts/?where=")


def test_tables_of_the_directory_cost_the_same_for_more_rows(cast: Cast, maya: Client, assert_query_baseline) -> None:
    for number in range(10):
        cast.contact(f"Person {number}")
    for name in ("clients", "contacts"):
        with assert_query_baseline(f"crm:{name}"):
            shown(maya, f"/{name}/")
