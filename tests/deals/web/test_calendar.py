"""The calendar of deals: a month of a view, by the day on which both hope to agree."""

from datetime import date

import pytest
from django.test import Client

from crm.actors import as_user
from deals.actions.deal import open_deal
from deals.queries.calendar import read_month
from tests.cast import Cast

pytestmark = pytest.mark.django_db

URL = "/deals/?form=calendar"


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    for day in ("2027-03-31", "2027-04-01", "2027-04-30", "2027-05-12"):
        open_deal(actor=cast.rep, title=f"On {day}", organization_id=cast.halvorsen.pk, amount="1860000", close_on=day)
    open_deal(actor=as_user(cast.stranger), title="Not yours", organization_id=cast.halvorsen.pk, close_on="2027-04-14")
    return cast


@pytest.fixture
def maya(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def test_a_month_shows_its_deals_and_those_of_its_weeks(maya: Client) -> None:
    html = maya.get(f"{URL}&month=2027-04").content.decode()
    assert "April 2027" in html
    assert '<span class="count">2</span>' in html
    assert [f"On 2027-{day}" in html for day in ("03-31", "04-01", "04-30", "05-12")] == [True, True, True, False]
    assert "Not yours" not in html
    assert "$1.86M" in html
    assert "month=2027-03" in html
    assert "month=2027-05" in html


def test_it_begins_with_the_present_month_and_follows_the_filters(maya: Client) -> None:
    assert 'aria-current="date"' in maya.get(URL).content.decode()
    html = maya.get(f"{URL}&month=2027-04&where=amount:at_most:5").content.decode()
    assert "On 2027-04-01" not in html
    assert "Nothing is to be agreed" in html
    assert maya.get(f"{URL}&where=zzz").status_code == 400


@pytest.mark.parametrize("words", ["", "2027-13", "1000-01", "9999-12", "x", "2027-4"])
def test_what_is_no_month_is_the_present_one(words: str) -> None:
    assert read_month(words, date(2027, 4, 14)) == date(2027, 4, 1)


def test_a_month_costs_the_same_for_any_number_of_deals(cast: Cast, maya: Client, assert_query_baseline) -> None:
    for number in range(10):
        open_deal(actor=cast.rep, title=f"{number}", organization_id=cast.halvorsen.pk, close_on="2027-04-02")
    with assert_query_baseline("deals:calendar"):
        maya.get(f"{URL}&month=2027-04")
