"""Cells that a spreadsheet would take for a formula: refused when they come in, made harmless when they leave (OWASP)."""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_NUMBER = re.compile(r"^[+-][\d\s(.,]*\d[\d\s().,/-]*$|^[+-]?$")
"""A number, a phone number, a lone dash: they begin so and are none."""


def is_formula(cell: str) -> bool:
    """Return whether a spreadsheet could take a cell for a formula.

    >>> [is_formula(cell) for cell in ("=1+1", "@SUM(A1)", "+47 22 55 01 00", "-5", "Fish & chips")]
    [True, True, False, False, False]
    """
    return cell.startswith(FORMULA) and not _NUMBER.match(cell)


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe in front where it could be one.

    >>> harmless("=HYPERLINK(1)"), harmless("+47 22 55 01 00")
    ("'=HYPERLINK(1)", '+47 22 55 01 00')
    """
    return f"'{cell}" if is_formula(cell) or bare(cell) != cell else cell


def bare(cell: str) -> str:
    """Return what `harmless` was given."""
    return cell[1:] if cell.startswith("'") and (is_formula(cell[1:]) or bare(cell[1:]) != cell[1:]) else cell
