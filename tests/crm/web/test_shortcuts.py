"""Keyboard shortcuts: the table is the planned one, and each key has its control where it belongs."""

import re

import pytest
from django.test import Client

from crm.web.shortcuts import SHORTCUTS
from tests.cast import Cast

pytestmark = pytest.mark.django_db

PLANNED = (
    ("Ctrl K",), ("?",), ("G", "D"), ("G", "B"), ("G", "H"), ("G", "S"), ("N",), ("T",), ("A",), ("R",), ("E",), ("J",), ("K",),
    ("X",), ("/",), ("1 … 0",), ("Esc",), ("Ctrl Enter",),
)  # fmt: skip
"""The keys that the design of the interface names."""


@pytest.fixture
def client(cast: Cast, client: Client) -> Client:
    client.force_login(cast.maya)
    return client


def test_the_list_of_shortcuts_is_the_planned_one(client: Client) -> None:
    assert tuple(one.keys for one in SHORTCUTS) == PLANNED
    page = client.get("/search/").content.decode()
    listed = re.search(r'<dl class="keys">.*?</dl>', page, re.S)
    assert listed
    assert len(re.findall("<dd>", listed[0])) == len(SHORTCUTS)


def test_single_keys_can_be_switched_off(client: Client) -> None:
    switch = re.compile(r"data-single-keys( checked)?>")
    assert switch.search(client.get("/search/").content.decode())[1] == " checked"
    client.cookies["keys"] = "off"
    assert switch.search(client.get("/search/").content.decode())[1] is None


@pytest.mark.slow
def test_every_key_of_the_table_has_its_control_where_it_belongs(cast: Cast, client: Client) -> None:
    deal = client.get(f"/deals/{cast.deal.pk}/criteria/").content.decode()
    for key in ("mod+k", "?", "g b", "g h", "g s", "a", "r", "e", "1", "2", "3", "4"):
        assert f'data-shortcut="{key}"' in deal, key
    assert 'data-shortcut="/"' in client.get("/clients/").content.decode()
