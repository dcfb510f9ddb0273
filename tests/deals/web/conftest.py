"""The story's deal, and browsers to walk through it. Models are imported late: this file is read before Django is set up."""

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from crm.models import User
    from tests.cast import Cast


@pytest.fixture(scope="module")
def told(lasting_rows: None) -> "Cast":
    """A deal with a problem and a criterion, Ingrid and Daniel in the room."""
    from tests.cast import Cast

    cast = Cast()
    cast.write_problem()
    cast.write_criterion()
    assert cast.ingrid
    assert cast.daniel
    return cast


@pytest.fixture
def cast(told: "Cast") -> "Cast":
    """The deal, told anew for each test."""
    return deepcopy(told)


@pytest.fixture
def signed_in() -> "Callable[[User], Client]":
    """A browser somebody is signed in with."""
    from django.test import Client

    def sign_in(user: "User") -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
