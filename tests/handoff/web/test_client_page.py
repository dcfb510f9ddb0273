"""A client's page: deals and goals, as far as the reader sees them."""

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import User
from deals.actions.deal import open_deal
from deals.actions.ending import end_deal
from handoff.models import Goal
from tests.cast import Cast
from tests.handoff.story import accept, measure, win

pytestmark = pytest.mark.django_db


def page(cast: Cast, user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("crm:client", args=[cast.halvorsen.pk])).content.decode()


def another(cast: Cast, title: str) -> None:
    open_deal(actor=cast.rep, title=title, organization_id=cast.halvorsen.pk, amount="1", currency="USD")


@pytest.mark.slow
def test_deals_that_go_on_and_that_ended_stand_on_the_clients_page(cast: Cast) -> None:
    another(cast, "Frozen")
    end_deal(actor=cast.rep, deal_id=cast.deal.pk, version=cast.deal.version, status="no_deal", reason="First the ERP.")
    shown = page(cast, cast.maya)
    assert "First the ERP." in shown
    assert "No deal, as Maya wrote it down" in shown
    assert 'aria-label="Common ground: ' in shown
    assert "Frozen" in shown


def test_another_team_sees_the_client_but_no_deal_of_ours(cast: Cast) -> None:
    shown = page(cast, cast.stranger)
    assert "Halvorsen Foods" in shown
    assert cast.deal.title not in shown


@pytest.mark.slow
def test_goals_and_handoffs_stand_on_the_clients_page_for_who_sees_the_room(cast: Cast) -> None:
    handoff = win(cast)
    assert reverse("handoff:handoff", args=[handoff.pk]) in page(cast, cast.tomas)
    accept(cast, handoff)
    goal = Goal.objects.get()
    measure(cast, goal, "95")
    shown = page(cast, cast.tomas)
    assert reverse("handoff:goal", args=[goal.pk]) in shown
    assert "Fill rate" in shown
    assert "Fill rate" not in page(cast, cast.stranger)


@pytest.mark.slow
def test_the_clients_page_asks_the_same_number_of_queries_for_more_deals(cast: Cast, assert_query_baseline) -> None:
    accept(cast, win(cast))
    for number in range(3):
        another(cast, f"Deal {number}")
        page(cast, cast.maya)
        with assert_query_baseline("crm:client with deals"):
            page(cast, cast.maya)
