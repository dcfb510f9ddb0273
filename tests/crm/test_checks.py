"""What the checks say to things that people and programs type."""

from decimal import Decimal

import pytest

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
