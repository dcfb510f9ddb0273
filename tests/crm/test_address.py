"""Addresses: one mailbox has one form, whatever script it is written in."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from crm.address import normal_address, validate_address, wire_address

LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Lt", "Nd"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Maya.Okafor@Nordlicht.EXAMPLE ", "maya.okafor@nordlicht.example"),
        ("tomás@nordlicht.example", "tomás@nordlicht.example"),
        ("toma\u0301s@nordlicht.example", "tomás@nordlicht.example"),
        ("maya@xn--mnchen-3ya.example", "maya@münchen.example"),
        ("maya@MÜNCHEN.example", "maya@münchen.example"),
        ("maya@xn--strae-oqa.example", "maya@straße.example"),
        ("почта@пример.example", "почта@пример.example"),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_one_mailbox_has_one_form(typed: str, kept: str) -> None:
    assert normal_address(typed) == kept


@given(st.text(max_size=40))
def test_a_normal_address_stays_as_it_is(text: str) -> None:
    once = normal_address(text)
    assert normal_address(once) == once


@given(st.text(LETTERS, min_size=1, max_size=20))
def test_letters_of_every_script_may_stand_before_the_at(word: str) -> None:
    validate_address(normal_address(f"{word}@nordlicht.example"))


@pytest.mark.parametrize(
    "text",
    ["", "tomás", "tomás@", "@nordlicht.example", "to más@nordlicht.example", "😀@nordlicht.example", "a@b\u202e.example",
     "a\u200bb@nordlicht.example", "a@b@c.example", "a..b@c.example", "á" * 250 + "@c.example", "a@-.example", "a\x00b@c.example"],
)  # fmt: skip
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_address(normal_address(text))


def test_mail_servers_get_the_domain_in_ascii() -> None:
    assert wire_address("maya@straße.example") == "maya@xn--strae-oqa.example"
    assert wire_address("tomás@nordlicht.example") == "tomás@nordlicht.example"
