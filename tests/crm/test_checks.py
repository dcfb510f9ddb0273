"""What the checks say to things that people and programs type."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.checks import Checks


def codes(checks: Checks) -> list[str]:
    return [fault.code for fault in checks.faults]


def test_what_is_no_number_is_called_so_and_not_too_large() -> None:
    for value, code in (("NaN", "not_a_number"), (Decimal("sNaN"), "not_a_number"), ("Infinity", "out_of_range")):
        checks = Checks()
        assert checks.decimal("value", value) is None
        assert codes(checks) == [code]


@pytest.mark.parametrize("mark", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e"])
def test_words_keep_the_order_they_are_written_in(mark: str) -> None:
    checks = Checks()
    assert checks.text("text", f"pay {mark}100 to שלום{mark}") == "pay 100 to שלום"
    assert checks.faults == []
    assert checks.text("text", mark) == ""
    assert codes(checks) == ["required"]


@given(
    st.text(
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u2800\u115f\uffa0\u034f\ufe0f\u180e\u2003\u00a0 \t\n\U000e0020",
        max_size=30,
    )
)
def test_what_nobody_can_see_is_empty(text: str) -> None:
    checks = Checks()
    assert checks.text("body", text) == ""
    assert codes(checks) == ["required"]
    assert Checks().text("body", text, required=False) == ""


@pytest.mark.parametrize("text", ["\u200bWeekly\u200b", "👩\u200d🔬", "❤\ufe0f", "می\u200cخواهم", "-", "क्\u200dष"])
def test_what_joins_characters_that_are_seen_stays(text: str) -> None:
    assert Checks().text("body", text) == text
