"""Reading the rows of one uploaded file, one after the other, whatever its size."""

import csv
import io
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from crm.errors import Refused
from crm.models import ImportRun
from deals.imports.table import LONGEST_LINE


@dataclass(frozen=True)
class SheetRow:
    """One row: its number, counted as a spreadsheet counts, its cells, and why they cannot be taken ("" when they can)."""

    line: int
    cells: list[str]
    fault: str = ""


def sheet_rows(run: ImportRun, content: BinaryIO) -> Iterator[SheetRow]:
    """Yield the rows below the header, empty ones left out. Raises `Refused` from where it is no table any more."""
    with closing(_lines(content, run.encoding)) as lines:
        yield from _table_rows(run, lines)


def _table_rows(run: ImportRun, lines: Iterator[str]) -> Iterator[SheetRow]:
    columns, reader = len(run.headers), csv.reader(lines, delimiter=run.delimiter)
    is_header, number = True, 0
    try:
        for cells in reader:
            number += 1
            if not any(cells):
                continue
            if is_header:
                is_header = False
                continue
            yield _row(number, cells, columns)
    except csv.Error as error:
        words = _("Line %(line)s cannot be read as CSV: %(why)s. Is a quotation mark missing further up?")
        raise Refused(words % {"line": reader.line_num, "why": error}, code="not_csv") from None


def _row(number: int, cells: list[str], columns: int) -> SheetRow:
    if len(cells) > columns and not any(cells[columns:]):
        cells = cells[:columns]  # a spreadsheet's empty columns at the side
    if len(cells) != columns:
        words = _("This row has %(count)s cells, the header has %(columns)s.")
        return SheetRow(number, cells, words % {"count": len(cells), "columns": columns})
    if any("\ufffd" in cell for cell in cells):
        return SheetRow(number, cells, _("There are characters in this row that its encoding does not have."))
    return SheetRow(number, cells)


def _lines(content: BinaryIO, encoding: str) -> Generator[str, None, None]:
    text = io.TextIOWrapper(content, encoding, errors="replace", newline="")
    try:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise csv.Error(_("it is longer than a million characters"))
            yield line
    finally:
        text.detach()
