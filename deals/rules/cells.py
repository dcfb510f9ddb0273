"""Reading days and numbers as people and programs write them, once it is known in which order and with which mark."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal

DayOrder = Literal["dmy", "mdy", "ymd"]
DAY_ORDERS: tuple[DayOrder, ...] = ("dmy", "mdy", "ymd")
DecimalMark = Literal[".", ","]
DECIMAL_MARKS: tuple[DecimalMark, ...] = (".", ",")

_DAY = re.compile(r"^(\d{1,4})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{1,4})(?:[T, ]+(\d{1,2}):(\d{2}).*)?$")
_MONEY_SIGNS = re.compile(r"^[^\d,.\-(]*|[^\d,.)]*$")
_NUMBER = {
    ".": re.compile(r"^-?(\d+|\d{1,3}(?:[,' \u00a0\u202f]\d{3})+)(\.\d+)?$"),
    ",": re.compile(r"^-?(\d+|\d{1,3}(?:[.' \u00a0\u202f]\d{3})+)(,\d+)?$"),
}
_PIVOT = 70
"""Two-digit years from here on belong to the last century."""


def read_day(cell: str, order: DayOrder) -> date | None:
    """Return the day that a cell names (a time behind it is left out), None for none.

    A year of four digits in front is read as year, month, day in any order.

    >>> read_day("01-03-17", "dmy"), read_day("01-03-17", "mdy")
    (datetime.date(2017, 3, 1), datetime.date(2017, 1, 3))
    """
    found = _DAY.match(cell)
    if not found:
        return None
    first, second, third = found.group(1), found.group(2), found.group(3)
    if len(first) > 2 or order == "ymd":
        year, month, day = first, second, third
    else:
        year = third
        month, day = (second, first) if order == "dmy" else (first, second)
    if len(year) not in (2, 4) or len(day) > 2:
        return None
    try:
        return date(_whole_year(year), int(month), int(day))
    except ValueError:
        return None


def read_time(cell: str) -> tuple[int, int] | None:
    """Return hour and minute that stand behind the day in a cell, None when there are none."""
    found = _DAY.match(cell)
    if not found or found.group(4) is None:
        return None
    hour, minute = int(found.group(4)), int(found.group(5))
    if "pm" in cell.lower() and hour < 12:
        hour += 12
    if "am" in cell.lower() and hour == 12:
        hour = 0
    return (hour, minute) if hour < 24 and minute < 60 else None


def read_number(cell: str, mark: DecimalMark) -> Decimal | None:
    """Return the number in a cell whose decimals stand behind `mark`, None for none. Signs of money are left out.

    >>> read_number("1.234,50 €", ","), read_number("$1,234.50", ".")
    (Decimal('1234.50'), Decimal('1234.50'))
    """
    bare = _MONEY_SIGNS.sub("", cell.strip())
    if cell.strip().startswith("-") and not bare.startswith("-"):
        bare = f"-{bare}"
    if not _NUMBER[mark].match(bare):
        return None
    whole, _mark, decimals = bare.partition(mark)
    digits = re.sub(r"[^\d-]", "", whole)
    return Decimal(f"{digits}.{decimals}" if decimals else digits)


def _whole_year(year: str) -> int:
    number = int(year)
    if len(year) == 4:
        return number
    return number + (1900 if number >= _PIVOT else 2000)
