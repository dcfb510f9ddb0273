"""Tables that leave as files: CSV that every spreadsheet opens, and workbooks. Written row by row, so memory stays flat."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from crm.rules.formula import harmless

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
