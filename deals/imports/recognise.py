"""Looking at a file before anything else: is it CSV, in which encoding, divided by what, with which columns, from where."""

import codecs
import csv
import io
from dataclasses import dataclass
from typing import BinaryIO

import charset_normalizer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.errors import Invalid
from deals.imports.sources import SOURCES
from deals.imports.sources.source import Source
from deals.imports.targets import Kind

SIZE_LIMIT = 100 * 1024 * 1024
"""Bytes of a file at most."""
MOST_COLUMNS = 300
_CHUNK = 1024 * 1024
_LOOKED_AT = 256 * 1024
"""Bytes in which an unknown encoding is looked for."""
DELIMITERS = {",": _lazy("commas"), ";": _lazy("semicolons"), "\t": _lazy("tabs"), "|": _lazy("upright lines")}
ENCODINGS = {
    "utf-8-sig": _lazy("Unicode (UTF-8)"),
    "utf-16": _lazy("Unicode (UTF-16)"),
    "cp1252": _lazy("Western European (Windows)"),
    "cp1250": _lazy("Central European (Windows)"),
    "cp1251": _lazy("Cyrillic (Windows)"),
    "mac_roman": _lazy("Western European (old Macs)"),
    "shift_jis": _lazy("Japanese (Shift JIS)"),
    "gb18030": _lazy("Chinese (GB 18030)"),
    "big5": _lazy("Chinese (Big5)"),
    "euc_kr": _lazy("Korean (EUC-KR)"),
}
_OTHERS = {
    b"PK\x03\x04": _lazy("This is an Excel workbook or another packed file. Save the sheet as CSV and choose that."),
    b"\xd0\xcf\x11\xe0": _lazy("This is an old Excel workbook. Save the sheet as CSV and choose that."),
    b"%PDF": _lazy("This is a PDF. A table has to be saved as CSV first."),
}


@dataclass(frozen=True)
class Recognised:
    """What a file looks like."""

    size: int
    encoding: str
    delimiter: str
    headers: list[str]


def recognise(content: BinaryIO) -> Recognised:
    """Return how to read a file. Raises `Invalid` at `file` with what is wrong and what to do."""
    size, encoding = _measure(content)
    first = next((line for line in io.StringIO(_head(content, encoding), newline="") if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda one: len(_split(first, one)))
    return Recognised(size, encoding, delimiter, headers_of(content, encoding, delimiter))


def headers_of(content: BinaryIO, encoding: str, delimiter: str) -> list[str]:
    """Return the headers of a file that is read like this. Raises `Invalid` at `file`."""
    rows = csv.reader(io.StringIO(_head(content, encoding), newline=""), delimiter=delimiter)
    headers = [header.strip() for header in next((row for row in rows if any(row)), [])]
    _check_headers(headers)
    return headers


def _head(content: BinaryIO, encoding: str) -> str:
    content.seek(0)
    return content.read(_LOOKED_AT).decode(encoding, "replace")


def guess_source(headers: list[str], kind: Kind) -> Source:
    """Return the system whose headers explain most of the columns; an own file unless one explains more than that does."""
    return max(SOURCES.values(), key=lambda source: len(match_headers(headers, kind, source)))


def match_headers(headers: list[str], kind: Kind, source: Source) -> dict[str, str]:
    """Return the field for each column that a source knows, by the place of the column: each field once."""
    places = {_plain(header): str(place) for place, header in enumerate(headers)}
    mapping: dict[str, str] = {}
    for field, names in source.headers.get(kind.name, {}).items():
        place = next((places[_plain(name)] for name in names if _plain(name) in places), None)
        if place is not None and place not in mapping:
            mapping[place] = field
    for key, label in ((target.field, str(target.label)) for target in kind.all_targets.values()):
        place = places.get(_plain(label))
        if key.startswith("custom.") and place is not None and place not in mapping:
            mapping[place] = key
    return mapping


def _plain(header: str) -> str:
    return " ".join(header.replace("*", " ").casefold().split())


def _measure(content: BinaryIO) -> tuple[int, str]:
    """Return size and encoding, after a look at every byte."""
    content.seek(0)
    start = content.read(4)
    if not start:
        raise _refused(_("This file is empty."), "empty")
    for mark, words in _OTHERS.items():
        if start.startswith(mark):
            raise _refused(str(words), "not_csv")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _size(content), "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    content.seek(0)
    size, is_utf8 = 0, True
    while chunk := content.read(_CHUNK):
        size += len(chunk)
        if size > SIZE_LIMIT:
            raise _refused(_("This file is larger than 100 MB. Divide it and bring it in piece by piece."), "too_large")
        if b"\x00" in chunk:
            raise _refused(_("There are NUL characters in this file. Is this a CSV file?"), "not_csv")
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8, place = False, size - len(chunk)
    return (size, "utf-8-sig") if is_utf8 else (size, _guessed(content, place))


def _size(content: BinaryIO) -> int:
    size = content.seek(0, io.SEEK_END)
    if size > SIZE_LIMIT:
        raise _refused(_("This file is larger than 100 MB. Divide it and bring it in piece by piece."), "too_large")
    return size


def _guessed(content: BinaryIO, place: int) -> str:
    """Return the encoding that the bytes from `place` on look like."""
    content.seek(place)
    likely = [name for name in ENCODINGS if not name.startswith("utf")]
    found = charset_normalizer.from_bytes(content.read(_LOOKED_AT), cp_isolation=likely)
    best = found.best()
    as_likely = {name for one in found if best and one.chaos <= best.chaos for name in one.could_be_from_charset}
    if best is None or "cp1252" in as_likely or best.encoding not in ENCODINGS:
        return "cp1252"  # by far the commonest where nothing speaks against it
    return str(best.encoding)


def _check_headers(headers: list[str]) -> None:
    if not any(headers):
        raise _refused(_("This file has no header: its first line must say what the columns are."), "no_header")
    if len(headers) > MOST_COLUMNS:
        raise _refused(_("This file has more than %(most)s columns.") % {"most": MOST_COLUMNS}, "too_many_columns")
    twice = sorted({name for name in headers if name and headers.count(name) > 1})
    if twice:
        raise _refused(_("These columns are there twice: %(names)s.") % {"names": ", ".join(twice)[:300]}, "twice")


def _split(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _refused(words: str, code: str) -> Invalid:
    return Invalid.field("file", words, code=code)
