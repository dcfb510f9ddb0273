"""Numbers with either decimal sign: each writer is understood, and only one shape can be misread."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.number import readings

numbers = st.decimals(min_value=-(10**15), max_value=10**15, places=4) | st.integers(-(10**15), 10**15).map(Decimal)
signs = st.sampled_from([".", ","])


def written(number: Decimal, sign: str, group: str) -> str:
    whole, _point, part = f"{number:,f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", group) + (sign + part if part else "")


@given(numbers, signs, st.sampled_from(["", "other", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "’"]))
def test_whoever_writes_a_number_is_among_its_readers(number: Decimal, sign: str, group: str) -> None:
    other = "," if sign == "." else "."
    text = written(number, sign, other if group == "other" else group)
    found = readings(text)
    assert found[sign] == number
    if len(set(found.values())) > 1:
        assert re.fullmatch(r"-?[1-9]\d{0,2}[.,]\d{3}", text)


@given(st.text(alphabet="0123456789.,- '+x", max_size=20) | st.text(max_size=20))
def test_no_text_means_more_than_two_things(text: str) -> None:
    found = readings(text)
    assert len(found) <= 2
    assert all(number.is_finite() for number in found.values())
    figures = "".join(one for one in text if one.isdecimal())
    assert all(int(re.sub(r"\D", "", f"{number:f}")) == int(figures) for number in found.values())


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("12,5", {"12.5"}),
        ("0,125", {"0.125"}),
        (",5", {"0.5"}),
        ("1234,567", {"1234.567"}),
        ("1.860.000", {"1860000"}),
        ("1.860.000,50", {"1860000.50"}),
        ("−3.5", {"-3.5"}),
        ("1 250", {"1250"}),
        ("1,250", {"1250", "1.250"}),
        ("12 5", set()),
        ("1,8,6", set()),
        ("1.2,3.4", set()),
        ("1,250 000", set()),
        ("", set()),
        (".", set()),
        ("-", set()),
        ("NaN", set()),
        ("1e5", set()),
    ],
)
def test_what_is_read(text: str, meanings: set[str]) -> None:
    assert {str(number) for number in readings(text).values()} == meanings
