"""Browsers to walk through the story's deal. Models are imported late: this file is read before Django is set up."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from crm.models import User


@pytest.fixture
def signed_in() -> "Callable[[User], Client]":
    """A browser somebody is signed in with."""
    from django.test import Client

    def sign_in(user: "User") -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
