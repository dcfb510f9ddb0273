"""Changing many rows of a table as pages: tick, choose, look, do, undo."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import BulkChange
from deals.actions.deal import open_deal
from deals.models import Deal
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    assert cast.deal
    for number in range(3):
        open_deal(actor=cast.rep, title=f"Deal {number}", organization_id=cast.halvorsen.pk, amount=str(number))
    return cast


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


BEGIN = "/bulk/deal/"


@pytest.mark.slow
def test_ticked_rows_are_changed_and_put_back(cast: Cast, maya: Client) -> None:
    page = maya.get("/deals/?form=table").content.decode()
    rows = re.findall(r'name="row" value="([^"]+)" form="bulk"', page)
    assert len(rows) == 4
    assert "Stages move by a yes" in page
    asked = maya.post(BEGIN, {"row": rows[:2], "field": "close_on"}).content.decode()
    assert "For 2 deals" in asked
    shown = maya.post(BEGIN, {"row": rows[:2], "field": "close_on", "close_on": "2027-01-31", "set": "1"}, follow=True)
    assert "2 deals would change" in shown.content.decode()
    assert "Nothing is changed yet" in shown.content.decode()
    bulk = BulkChange.objects.get()
    done = maya.post(reverse("crm:run_bulk_change", args=[bulk.pk]), follow=True).content.decode()
    assert "2 deals changed" in done
    assert Deal.objects.filter(close_on="2027-01-31").count() == 2
    undone = maya.post(reverse("crm:undo_bulk_change", args=[bulk.pk]), follow=True).content.decode()
    assert "2 deals put back" in undone
    assert not Deal.objects.filter(close_on="2027-01-31").exists()


def test_all_that_fit_the_filters_are_changed(cast: Cast, maya: Client) -> None:
    url = f"{BEGIN}?form=table&where=amount:at_most:1"
    shown = maya.post(url, {"all": "1", "field": "archived"}, follow=True).content.decode()
    assert "2 deals would change" in shown


@pytest.mark.parametrize(
    ("sent", "said", "status"),
    [
        ({"field": "close_on", "set": "1", "close_on": "2027-01-31"}, "Choose some rows first", 422),
        ({"field": "archived"}, "Choose some rows first", 422),
        ({"field": "archived", "row": "x"}, "Choose some rows first", 422),
        ({"field": "stage", "row": "x"}, "cannot be changed for many at once", 400),
    ],
)
def test_what_cannot_be_done_says_why(maya: Client, sent: dict, said: str, status: int) -> None:
    answer = maya.post(BEGIN, sent)
    assert answer.status_code == status
    assert said in answer.content.decode()


def test_what_was_typed_wrong_stays(cast: Cast, maya: Client) -> None:
    sent = {"field": "close_on", "set": "1", "close_on": "2027-02-30", "row": str(cast.deal.pk)}
    answer = maya.post(BEGIN, sent)
    assert answer.status_code == 422
    assert "There is no such day" in answer.content.decode()
    assert str(cast.deal.pk) in answer.content.decode()


def test_what_empties_a_field_says_so_before(cast: Cast, maya: Client) -> None:
    sent = {"field": "close_on", "set": "1", "close_on": "", "row": str(cast.deal.pk)}
    page = maya.post(BEGIN, sent, follow=True).content.decode()
    assert ": emptied</h1>" in page
    assert "<td>—</td>" in page


def test_who_only_reads_ticks_nothing_and_others_see_nothing(cast: Cast, maya: Client) -> None:
    maya.post(BEGIN, {"row": str(cast.deal.pk), "field": "archived"})
    url = reverse("crm:bulk_change", args=[BulkChange.objects.get().pk])
    assert maya.get(url).status_code == 200
    maya.force_login(cast.colleague)
    assert maya.get(url).status_code == 404
    assert 'name="row"' not in maya.get("/deals/?form=table").content.decode()


def test_the_page_costs_the_same_for_more_rows(cast: Cast, maya: Client, assert_query_baseline) -> None:
    rows = [str(pk) for pk in Deal.objects.values_list("pk", flat=True)]
    maya.post(BEGIN, {"row": rows, "field": "archived"})
    with assert_query_baseline("crm:bulk_change"):
        maya.get(reverse("crm:bulk_change", args=[BulkChange.objects.get().pk]))
