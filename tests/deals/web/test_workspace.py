"""The pages of one deal: each asks the database a fixed number of things, whatever was said and however many work here."""

import pytest
from django.test import Client
from django.urls import reverse

from deals.models import Deal, ProblemStatement
from tests.cast import Cast, make_user
from tests.crm.actions.test_consent import ask, say
from tests.deals.actions.test_stage_move import put_at

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> Cast:
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    put_at(cast.deal, "Understand")
    say(cast, ask(cast))
    cast.write_problem("Changed since it was agreed.")
    return cast


def page_of(deal: Deal, name: str) -> str:
    return reverse("deals:deal", args=[deal.pk]) if name == "deal" else reverse("deals:section", args=[deal.pk, name])


@pytest.mark.parametrize("name", ["deal", "problem", "criteria", "people"])
def test_the_pages_of_a_deal_make_few_queries(cast: Cast, assert_query_baseline, name: str) -> None:
    client = Client()
    client.force_login(cast.maya)
    client.get(page_of(cast.deal, name))
    with assert_query_baseline(f"deals:{name}"):
        assert client.get(page_of(cast.deal, name)).status_code == 200
    for who in ("Kim", "Lou", "Pia"):
        cast.write_problem(f"{who} said so.")
        cast.let_in(cast.contact(f"{who} Vik"))
        make_user(f"{who} Berg", "rep", cast.team)
    assert ProblemStatement.objects.count() == 5
    with assert_query_baseline(f"deals:{name}"):
        assert client.get(page_of(cast.deal, name)).status_code == 200
