"""Checking all files before anything is written: each row by itself, and what rows say about each other."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crm.checks import Checks
from deals.imports.preset import Column, Preset, Table
from deals.imports.table import Fault, FileRefused, Row, ignored_headers, read_rows
from deals.models import DealStatus

MOST_FAULTS = 200
"""Faults kept at most: whoever mends a file does it in rounds."""
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Clean:
    """A checked row: its line, its values by field, and what was noticed (corrected, doubtful) in words."""

    line: int
    values: dict[str, Any]
    notes: tuple[str, ...]


class Names:
    """The keys of one file, found exactly or, when only spaces, dashes and case differ, by their letters."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self._letters: dict[str, str | None] = {}

    def add(self, name: str, line: int) -> int:
        """Add a key; return the line it was on before, or 0."""
        if name in self.lines:
            return self.lines[name]
        self.lines[name] = line
        letters = _letters(name)
        self._letters[letters] = None if letters in self._letters else name  # two alike: neither can be meant for sure
        return 0

    def find(self, name: str) -> str | None:
        """Return the key that `name` means, or None."""
        return name if name in self.lines else self._letters.get(_letters(name))


@dataclass
class Checked:
    """What the first reading of all files found: rows by table, keys, faults, columns nobody uses."""

    counts: dict[str, int] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, tuple[str, int]] = field(default_factory=dict)


def check_files(folder: Path, preset: Preset) -> Checked:
    """Read every file once and find every fault, up to `MOST_FAULTS`. Writes nothing."""
    checked = Checked(names={part: Names() for part in preset.tables})
    for part in ("clients", "staff", "products"):  # their keys are needed to judge references, also to later rows
        _collect_names(folder, preset.tables[part], checked.names[part], checked.faults)
    if checked.faults:
        return checked
    for part, table in preset.tables.items():
        try:
            checked.counts[part] = sum(1 for _row in clean_rows(folder, preset, part, checked))
            checked.ignored[table.file] = ignored_headers(folder, table)
        except FileRefused as refused:
            checked.faults.append(refused.fault)
        if checked.counts.get(part) == 0 and not checked.faults:
            checked.faults.append(Fault(table.file, 0, "", _("This file has a header and no rows.")))
    _check_circles(preset, checked)
    return checked


def _collect_names(folder: Path, table: Table, names: Names, faults: list[Fault]) -> None:
    header = table.header_of(table.key)
    try:
        for row in read_rows(folder, table):
            name = (row.cells or {}).get(header, "").strip()
            if name and (before := names.add(name, row.line)):
                words = _("“%(name)s” is in line %(line)s already.") % {"name": name[:80], "line": before}
                faults.append(Fault(table.file, row.line, header, words))
    except FileRefused as refused:
        faults.append(refused.fault)


def clean_rows(folder: Path, preset: Preset, part: str, checked: Checked) -> Iterator[Clean]:
    """Yield the rows of one file, checked; faults go to `checked.faults`, and a faulty row is yielded all the same."""
    table = preset.tables[part]
    own = Names()
    for row in read_rows(folder, table):
        clean = _clean(table, row, preset, checked)
        if part == "deals" and clean.values:
            if before := own.add(clean.values["id"], row.line):
                words = _("“%(name)s” is in line %(line)s already.") % {"name": clean.values["id"], "line": before}
                _fault(checked, table, row, table.header_of("id"), words)
            _check_deal(preset, table, row, clean.values, checked)
        if part == "clients" and clean.values and clean.values["parent"]:
            checked.parents[clean.values["name"]] = (clean.values["parent"], row.line)
        yield clean


def _clean(table: Table, row: Row, preset: Preset, checked: Checked) -> Clean:
    if row.cells is None:
        words = _("This row has %(count)s cells, the header has %(columns)s.")
        _fault(checked, table, row, "", words % {"count": row.count, "columns": row.columns})
        return Clean(row.line, {}, ())
    checks = Checks()
    notes: list[str] = []
    values: dict[str, Any] = {}
    for column in table.columns:
        cell = row.cells[column.header].strip()
        value = _READ[column.kind](checks, column, cell, preset.day_format)
        if column.refers_to and value:
            value = _referred(checks, column, value, preset, checked, notes)
        if value in column.doubtful:
            meant = column.doubtful[value]
            words = _("%(column)s “%(value)s” is kept as it is; “%(meant)s” may be meant.")
            notes.append(words % {"column": column.header, "value": value, "meant": meant})
        values[column.field] = value
    for fault in checks.faults:
        _fault(checked, table, row, fault.field, str(fault.message))
    return Clean(row.line, values, tuple(notes))


def _referred(checks: Checks, column: Column, value: str, preset: Preset, checked: Checked, notes: list[str]) -> str:
    found = checked.names[column.refers_to].find(value)
    if found is None:
        words = _("“%(value)s” is not in %(file)s.")
        checks.add(column.header, words % {"value": value[:80], "file": preset.tables[column.refers_to].file})
        return value
    if found != value:
        words = _("%(column)s “%(value)s” was corrected to “%(found)s”, as %(file)s has it.")
        file = preset.tables[column.refers_to].file
        notes.append(words % {"column": column.header, "value": value, "found": found, "file": file})
    return found


def _check_deal(preset: Preset, table: Table, row: Row, values: Mapping[str, Any], checked: Checked) -> None:
    status = preset.statuses.get(values["stage"])
    if status is None:
        words = _("“%(stage)s” is no stage of this source. There are: %(stages)s.")
        known = {"stage": values["stage"][:80], "stages": ", ".join(preset.statuses)}
        _fault(checked, table, row, table.header_of("stage"), words % known)
    elif status != DealStatus.OPEN and values["ended_on"] is None:
        _fault(checked, table, row, table.header_of("ended_on"), _("A deal that has ended needs the day it ended."))
    if values["begun_on"] and values["ended_on"] and values["ended_on"] < values["begun_on"]:
        _fault(checked, table, row, table.header_of("ended_on"), _("This day is before the deal began."))


def _check_circles(preset: Preset, checked: Checked) -> None:
    for name, (_parent, line) in checked.parents.items():
        seen, above = {name}, name
        while above in checked.parents:
            above = checked.parents[above][0]
            if above == name:
                words = _("“%(name)s” lies below itself.") % {"name": name}
                checked.faults.append(Fault(preset.clients.file, line, preset.clients.header_of("parent"), words))
            if above in seen:
                break
            seen.add(above)


def _fault(checked: Checked, table: Table, row: Row, column: str, message: str) -> None:
    if len(checked.faults) < MOST_FAULTS:
        checked.faults.append(Fault(table.file, row.line, column, message))


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _line(checks: Checks, column: Column, cell: str, _day_format: str) -> str:
    if cell.startswith(_FORMULA):
        words = _("“%(cell)s” begins like a formula of a spreadsheet. Put the value itself here.")
        checks.add(column.header, words % {"cell": cell[:40]}, code="formula")
        return ""
    return checks.line(column.header, cell, required=column.required, limit=column.limit)


def _day(checks: Checks, column: Column, cell: str, day_format: str) -> date | None:
    if not cell:
        return checks.day(column.header, None, required=column.required)
    try:
        day = datetime.strptime(cell, day_format).date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        example = date(2017, 12, 31).strftime(day_format)
        words = _("There is no day “%(cell)s”. Days are written like %(example)s here.")
        checks.add(column.header, words % {"cell": cell[:40], "example": example}, code="not_a_date")
        return None
    return checks.day(column.header, day)


def _amount(checks: Checks, column: Column, cell: str, _day_format: str) -> Any:
    return checks.amount(column.header, cell, required=column.required)


def _number(checks: Checks, column: Column, cell: str, _day_format: str) -> Any:
    return checks.decimal(column.header, cell, required=column.required)


def _whole(checks: Checks, column: Column, cell: str, _day_format: str) -> Any:
    return checks.decimal(column.header, cell, required=column.required, places=0)


_READ: dict[str, Callable[[Checks, Column, str, str], Any]] = {
    "line": _line,
    "day": _day,
    "amount": _amount,
    "number": _number,
    "whole": _whole,
}
