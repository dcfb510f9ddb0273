"""Reading a CSV file row by row, with every fault a real file can have told by line."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from crm.errors import Words
from deals.imports.preset import Table

LONGEST_LINE = 1_000_000
"""Bytes in one line at most: a file without line ends must not fill the memory."""


@dataclass(frozen=True)
class Fault:
    """Something that cannot be taken: in which file, at which line (0: the file as a whole), in which column."""

    file: str
    line: int
    column: str
    message: Words


class FileRefused(Exception):
    """A file cannot be read any further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault.message))
        self.fault = fault


@dataclass(frozen=True)
class Row:
    """One row: the number of its last line in the file and its cells by header; None when it has too few or too many.

    `count` is how many cells it has, `columns` how many the header has.
    """

    line: int
    cells: dict[str, str] | None
    count: int
    columns: int


def read_rows(folder: Path, table: Table) -> Iterator[Row]:
    """Yield the rows of a table's file, empty lines left out. Raises `FileRefused`."""
    path = folder / table.file
    try:
        with path.open("rb") as file:
            yield from _rows(csv.reader(_lines(table, file), strict=True), table)
    except FileNotFoundError:
        raise _refused(table, 0, _("This file is missing in %(folder)s.") % {"folder": folder}) from None
    except OSError as error:
        raise _refused(table, 0, _("This file cannot be read: %(why)s.") % {"why": error.strerror}) from None


def ignored_headers(folder: Path, table: Table) -> list[str]:
    """Return the headers of columns that the preset does not use. Raises `FileRefused`."""
    with (folder / table.file).open("rb") as file:
        header = next(csv.reader(_lines(table, file), strict=True), [])
    return [name for name in header if name not in table.headers]


def _lines(table: Table, file: BinaryIO) -> Iterator[str]:
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if number == 1 and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _refused(table, 0, _("This file is in UTF-16. Save it as CSV in UTF-8 and try again."))
        if len(raw) == LONGEST_LINE:
            raise _refused(table, number, _("This line is too long. Is this a CSV file?"))
        if b"\x00" in raw:
            raise _refused(table, number, _("There is a NUL character in this line. Is this a CSV file?"))
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            words = _("This line is not in UTF-8. Save the file as CSV in UTF-8 and try again.")
            raise _refused(table, number, words) from None


def _rows(reader: Any, table: Table) -> Iterator[Row]:
    try:
        header: list[str] = next(reader, [])
        _check_header(header, table)
        for cells in reader:
            if cells:
                whole = len(cells) == len(header)
                yield Row(
                    reader.line_num, dict(zip(header, cells, strict=True)) if whole else None, len(cells), len(header)
                )
    except csv.Error as error:
        words = _("This line cannot be read as CSV: %(why)s.") % {"why": error}
        raise _refused(table, reader.line_num, words) from None


def _check_header(header: list[str], table: Table) -> None:
    if not header:
        raise _refused(table, 0, _("This file is empty."))
    missing = [name for name in table.headers if name not in header]
    if missing:
        words = _("These columns are missing: %(missing)s. There are: %(there)s.")
        raise _refused(table, 1, words % {"missing": ", ".join(missing), "there": ", ".join(header)[:300]})
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise _refused(table, 1, _("These columns are there twice: %(names)s.") % {"names": ", ".join(twice)})


def _refused(table: Table, line: int, message: str) -> FileRefused:
    return FileRefused(Fault(table.file, line, "", message))
