"""Reading the cells of one row: each as what its column becomes, with everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from crm.checks import Checks
from crm.rules.formula import bare, is_formula
from deals.imports.sheet import SheetRow
from deals.imports.targets import Target
from deals.rules.cells import DayOrder, DecimalMark, read_day, read_number, read_time

_is_url = URLValidator(schemes=("http", "https"))


@dataclass(frozen=True)
class Reading:
    """How the cells of a file are read: what each column becomes, and what was decided for all rows."""

    targets: Mapping[int, Target]
    headers: list[str]
    day_order: DayOrder
    decimal_mark: DecimalMark
    zone: ZoneInfo


@dataclass(frozen=True)
class Clean:
    """A row as it was read: values by field, and what is wrong with them in words."""

    line: int
    values: dict[str, Any]
    faults: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    def get(self, name: str) -> Any:
        """Return the value of a field; "" when no column becomes it or the cell is empty."""
        return self.values.get(name, "") or ""


def clean_row(reading: Reading, row: SheetRow) -> Clean:
    """Read one row."""
    if row.fault:
        return Clean(row.line, {}, (row.fault,))
    checks = Checks()
    values: dict[str, Any] = {}
    for place, target in reading.targets.items():
        cell = row.cells[place].strip()
        if cell:
            values[target.field] = _READ[target.holds](checks, reading, target, reading.headers[place], cell)
    faults = tuple(f"{fault.field}: {fault.message}" for fault in checks.faults)
    return Clean(row.line, {name: value for name, value in values.items() if value not in ("", None)}, faults)


def _line(checks: Checks, _reading: Reading, target: Target, header: str, cell: str) -> str:
    if is_formula(cell):
        words = _("“%(cell)s” begins like a formula of a spreadsheet. Put the value itself here.")
        checks.add(header, words % {"cell": cell[:40]}, code="formula")
        return ""
    return checks.line(header, " ".join(bare(cell).split("\n")), required=False, limit=target.limit)


def _text(checks: Checks, _reading: Reading, target: Target, header: str, cell: str) -> str:
    if cell.startswith("="):
        words = _("“%(cell)s” begins like a formula of a spreadsheet. Put the value itself here.")
        checks.add(header, words % {"cell": cell[:40]}, code="formula")
        return ""
    return checks.text(header, bare(cell), required=False, limit=target.limit)


def _key(checks: Checks, reading: Reading, target: Target, header: str, cell: str) -> str:
    """Return the first of several numbers: it is the main one in every export."""
    return _line(checks, reading, target, header, cell.split(";")[0].strip())


def _email(checks: Checks, _reading: Reading, _target: Target, header: str, cell: str) -> str:
    return checks.email(header, re.split(r"[;,]", cell)[0].strip(), required=False)


def _domain(checks: Checks, reading: Reading, target: Target, header: str, cell: str) -> str:
    bare = re.sub(r"^https?://", "", cell.lower()).removeprefix("www.")
    name = _line(checks, reading, target, header, bare.split("/")[0].split(":")[0])
    if name and not re.match(r"^[^\s@]+\.[^\s@.]{2,}$", name):
        checks.add(header, _("“%(cell)s” is not a domain. For example: company.example.") % {"cell": cell[:40]})
        return ""
    return name


def _url(checks: Checks, reading: Reading, target: Target, header: str, cell: str) -> str:
    address = _line(checks, reading, target, header, cell)
    if address and "://" not in address:
        address = f"https://{address}"
    try:
        if address:
            _is_url(address)
    except ValidationError:
        checks.add(header, _("“%(cell)s” is not a web address.") % {"cell": cell[:40]})
    return address


def _amount(checks: Checks, reading: Reading, _target: Target, header: str, cell: str) -> Any:
    number = read_number(cell, reading.decimal_mark)
    return checks.amount(header, cell if number is None else number)


def _number(checks: Checks, reading: Reading, _target: Target, header: str, cell: str) -> Any:
    number = read_number(cell, reading.decimal_mark)
    return checks.decimal(header, cell if number is None else number)


def _currency(checks: Checks, _reading: Reading, _target: Target, header: str, cell: str) -> str:
    return checks.currency(header, cell)


def _day(checks: Checks, reading: Reading, _target: Target, header: str, cell: str) -> date | None:
    day = read_day(cell, reading.day_order)
    if day is None:
        checks.add(header, _("There is no day “%(cell)s”.") % {"cell": cell[:40]}, code="not_a_date")
        return None
    return checks.day(header, day)


def _instant(checks: Checks, reading: Reading, target: Target, header: str, cell: str) -> datetime | None:
    """Return when it was: in the reader's own zone where a time is given, else at noon UTC, the same day nearly everywhere."""
    day, at = _day(checks, reading, target, header, cell), read_time(cell)
    if day is None:
        return None
    if at is None:
        return datetime.combine(day, time(12), UTC)
    zone = cast(Any, UTC if cell.rstrip().endswith("Z") else reading.zone)
    return datetime.combine(day, time(*at), zone)


_READ: dict[str, Callable[[Checks, Reading, Target, str, str], Any]] = {
    "line": _line,
    "word": _line,
    "text": _text,
    "key": _key,
    "email": _email,
    "domain": _domain,
    "url": _url,
    "amount": _amount,
    "number": _number,
    "currency": _currency,
    "day": _day,
    "instant": _instant,
}
