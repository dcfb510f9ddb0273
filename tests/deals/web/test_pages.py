"""The rep's pages of a deal open, for whom they may, in a constant number of queries."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from crm.models import User
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PAGES = (
    "deals:deal",
    "deals:ask",
    "deals:record",
    ("deals:section", "people"),
    ("deals:section", "problem"),
    ("deals:section", "criteria"),
    ("deals:revisions", "problem"),
    ("deals:revisions", "criteria"),
)


@pytest.fixture
def cast() -> Cast:
    """A deal with a problem and a criterion, Ingrid and Daniel in the room."""
    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    assert cast.ingrid and cast.daniel
    return cast


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A browser somebody is signed in with."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def address(cast: Cast, page: str | tuple[str, str]) -> str:
    name, *more = (page,) if isinstance(page, str) else page
    return reverse(name, args=[cast.deal.pk, *more])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_the_owner_and_a_colleague_and_for_nobody_else(cast, browser, page) -> None:
    url = address(cast, page)
    assert browser(cast.maya).get(url).status_code == 200
    assert browser(cast.colleague).get(url).status_code == 200
    assert browser(cast.stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_the_board_shows_own_and_not_foreign_deals(cast, browser) -> None:
    url = reverse("deals:board")
    assert cast.deal.title in browser(cast.maya).get(url).content.decode()
    assert cast.deal.title not in browser(cast.stranger).get(url).content.decode()
