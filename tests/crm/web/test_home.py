"""Everybody begins with what is theirs."""

import pytest
from django.urls import reverse

from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_each_role_begins_with_what_is_theirs(client) -> None:
    cast = Cast()
    first = {
        cast.maya: "crm:day",
        cast.jonas: "crm:day",
        cast.tomas: "handoff:plans",
        cast.priya: "handoff:handoffs",
    }
    for user, place in first.items():
        client.force_login(user)
        assert client.get("/").headers["Location"] == reverse(place)


def test_a_stranger_signs_in_first_and_comes_back_to_the_door(client) -> None:
    assert client.get("/").headers["Location"] == f"{reverse('account_login')}?next=/"
