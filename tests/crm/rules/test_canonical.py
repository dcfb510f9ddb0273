"""The canonical form: what must not change a hash, and what must."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.rules.canonical import canonical_bytes, content_hash, is_empty, without_defaults

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4)
leaves = st.none() | st.booleans() | text | st.integers(-(2**53) + 1, 2**53 - 1) | decimals | st.dates()
contents = st.dictionaries(
    text,
    st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3)),
    max_size=4,
)


NEAR, FAR = (datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1900, 2200))


class Side(StrEnum):
    BUYER = "buyer"


@given(contents)
def test_the_form_is_json_and_stable(content):
    once = canonical_bytes(content)
    assert canonical_bytes(json.loads(once)) == once
    assert len(content_hash(content, schema=1)) == 64


@given(contents)
def test_key_order_changes_nothing(content):
    turned = dict(reversed(list(content.items())))
    assert content_hash(turned, schema=1) == content_hash(content, schema=1)


@given(contents)
def test_the_schema_number_is_inside_the_hash(content):
    assert content_hash(content, schema=1) != content_hash(content, schema=2)


@given(decimals, st.integers(0, 6))
def test_the_exponent_of_a_decimal_changes_nothing(value, zeros):
    padded = Decimal(str(value) + "0" * zeros)
    assert padded == value
    assert canonical_bytes(padded) == canonical_bytes(value)
    assert Decimal(json.loads(canonical_bytes(value))) == value


@given(decimals, decimals)
def test_different_decimals_differ(one, other):
    assert (canonical_bytes(one) == canonical_bytes(other)) == (one == other)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("4.50", "4.5"),
        ("4.5E0", "4.5"),
        ("1E+3", "1000"),
        ("-0.00", "0"),
        ("100", "100"),
        ("0E+500", "0"),
        ("-7.10", "-7.1"),
    ],
)
def test_decimals_are_written_plainly(value, written):
    assert canonical_bytes(Decimal(value)) == f'"{written}"'.encode()


@given(st.datetimes(NEAR, FAR, timezones=st.just(UTC)), st.integers(-12, 14))
def test_the_zone_of_an_instant_changes_nothing(instant, hours):
    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    assert canonical_bytes(elsewhere) == canonical_bytes(instant)


def test_dates_uuids_and_enum_members_are_written_as_text():
    assert canonical_bytes(datetime(2026, 4, 14, 9, 30, tzinfo=UTC)) == b'"2026-04-14T09:30:00Z"'
    assert canonical_bytes(date(2026, 4, 14)) == b'"2026-04-14"'
    assert canonical_bytes(UUID(int=1)) == b'"00000000-0000-0000-0000-000000000001"'
    assert canonical_bytes({"side": Side.BUYER}) == b'{"side":"buyer"}'


def test_unicode_is_hashed_as_written():
    assert content_hash({"t": "é"}, schema=1) != content_hash({"t": "e\u0301"}, schema=1)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("a\x00b", "NUL"),
        ("\ud83d", "surrogate"),
        ({"\x00": 1}, "NUL"),
        ({1: "x"}, "not text"),
        (1.5, "float"),
        (2**53, "2\\^53"),
        (Decimal("NaN"), "not a number"),
        (Decimal("Infinity"), "not a number"),
        (Decimal("1E+999999"), "digits"),
        (datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "without a zone"),
        (object(), "no canonical form"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value, says):
    with pytest.raises(ValueError, match=says):
        canonical_bytes({"part": [value]} if not isinstance(value, dict) else value)
    if not isinstance(value, dict):
        with pytest.raises(ValueError, match=r"content\.part\[0\]"):
            canonical_bytes({"part": [value]})


@given(contents)
def test_fields_at_their_default_make_nothing_out_of_date(content):
    kept = without_defaults(content)
    assert without_defaults({**content, "newer text": "", "newer list": [], "newer flag": False}) == kept
    assert not any(is_empty(value) for value in kept.values())


def test_zero_is_a_value_and_an_own_default_goes_before_the_general_one():
    row = {"count": 0, "amount": Decimal(0), "must": True, "open": False}
    assert without_defaults(row) == {"count": 0, "amount": Decimal(0), "must": True}
    assert without_defaults(row, {"must": True, "open": True}) == {"count": 0, "amount": Decimal(0), "open": False}
    assert without_defaults({"count": 0}, {"count": False}) == {"count": 0}
