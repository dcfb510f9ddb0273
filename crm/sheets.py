"""Tables that leave as files: CSV that every spreadsheet opens, and workbooks. Written row by row, so memory stays flat."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from crm.errors import Refused
from crm.rules.formula import harmless

MOST_ROWS, LONGEST_CELL = 1_048_575, 32_767
"""What a sheet and a cell of a workbook hold at most."""

Cell = Any
"""Text, a number, a day, a moment, yes or no, or None."""
_IN_MEMORY = 1024 * 1024


def write_csv(target: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as CSV in UTF-8, with the mark that spreadsheets know it by; return how many rows there were.

    What a spreadsheet could take for a formula gets an apostrophe in front.
    """
    text = io.TextIOWrapper(target, "utf-8", newline="", write_through=True)
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([harmless(cell) for cell in header])
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007
        writer.writerow([harmless(in_words(cell)) for cell in row])
    text.detach()
    return count


def temporary() -> "SpooledTemporaryFile[bytes]":
    """Return a file for what is sent at once; a large one lies on the disk."""
    return SpooledTemporaryFile(max_size=_IN_MEMORY)


def in_words(cell: Cell) -> str:
    """Return a cell as text: times in UTC (RFC 3339), numbers with a point, yes and no as true and false."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat().replace("+00:00", "Z")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def write_xlsx(target: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as the one sheet of a workbook; return how many rows there were. Text is text: no cell is a formula."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(target, options | {"default_date_format": "yyyy-mm-dd"})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, cell in enumerate(header):
        sheet.write_string(0, place, cell, bold)
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise Refused(_("A workbook holds at most 1,048,575 rows. Export as CSV."), code="too_many_rows")
        for place, cell in enumerate(row):
            _write_cell(sheet, count, place, cell)
    book.close()
    return count


def _write_cell(sheet: Any, row: int, place: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(row, place, cell)
    elif isinstance(cell, date) and not isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell)
    elif text := in_words(cell):
        sheet.write_string(row, place, _printable(text)[:LONGEST_CELL])


def _printable(text: str) -> str:
    """Return a text without the signs that a workbook cannot hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")
