"""What a file is, by what is in it: its name and what the sender says about it count for nothing."""

import re
import zipfile
from typing import BinaryIO

MEGABYTE = 1024 * 1024
SIZE_LIMIT = 25 * MEGABYTE
UNPACKED_LIMIT = 200 * MEGABYTE
#: How many times larger than its file the content of a packed document may be.
RATIO_LIMIT = 100
ENTRY_LIMIT = 2000

PDF, PNG, JPEG, WEBP = "application/pdf", "image/png", "image/jpeg", "image/webp"
TEXT, CSV, EML, MSG = "text/plain", "text/csv", "message/rfc822", "application/vnd.ms-outlook"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{_OFFICE}wordprocessingml.document", f"{_OFFICE}spreadsheetml.sheet"
IMAGES = (PNG, JPEG, WEBP)

EXTENSIONS = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    WEBP: (".webp",),
    TEXT: (".txt", ".md", ".log"),
    CSV: (".csv",),
    EML: (".eml",),
    MSG: (".msg",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
}
"""Content type → the endings a file of it may have; the first one is given to files with another ending."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MSG_MARK = "__properties_version1.0".encode("utf-16-le")
_NOT_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ACTIVE = re.compile(rb"<\s*(svg|html|script|!doctype|\?xml|iframe|body|head)\b", re.IGNORECASE)
_HEADER = re.compile(rb"^[!-9;-~]+:[ \t]?[^\n]*(\r?\n[ \t][^\n]*)*\r?\n", re.MULTILINE)
# Signs that turn the reading direction, so that "gpj.exe" looks like "exe.jpg".
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class FileFault(Exception):
    """Why a file is not taken: unknown_type, active_content, unreadable, packed_too_large, locked, too_large, empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def type_of(file: BinaryIO, name: str) -> str:
    """Return the content type of `file`, looking at its beginning and (for packed documents) its table of contents.

    `name` only decides between kinds of plain text. Raises `FileFault`.
    """
    file.seek(0)
    head = file.read(4096)
    if not head:
        raise FileFault("empty")
    for mark, found in ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG)):
        if head.startswith(mark):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head.startswith(b"PK\x03\x04"):
        return _packed_type(file)
    if head.startswith(_OLE):
        return _old_office_type(file)
    return _text_type(file, name)


def check_packed(file: BinaryIO, size: int) -> None:
    """Unpack a document into nothing, counting: no bomb, no lock, no macros. Raises `FileFault`."""
    unpacked = 0
    most = min(UNPACKED_LIMIT, max(size, MEGABYTE) * RATIO_LIMIT)
    try:
        with zipfile.ZipFile(file) as packed:
            for entry in _entries(packed):
                with packed.open(entry) as content:
                    while chunk := content.read(MEGABYTE):
                        unpacked += len(chunk)
                        if unpacked > most:
                            raise FileFault("packed_too_large")
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError) as error:
        raise FileFault("unreadable") from error


def clean_name(name: str, content_type: str) -> str:
    """Return `name` without folders and direction signs, at most 200 characters, ending as files of its type do."""
    base = _DIRECTION.sub("", re.split(r"[/\\]", name)[-1]).strip(" .") or "file"
    endings = EXTENSIONS[content_type]
    if not base.lower().endswith(endings):
        base += endings[0]
    stem, dot, ending = base.rpartition(".")
    return stem[: 200 - len(dot + ending)] + dot + ending


def _entries(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = packed.infolist()
    if len(entries) > ENTRY_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
        raise FileFault("packed_too_large")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise FileFault("locked")
    if any("vbaproject" in entry.filename.lower() for entry in entries):
        raise FileFault("active_content")
    return entries


def _packed_type(file: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(file) as packed:
            names = {entry.filename for entry in _entries(packed)}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise FileFault("unreadable") from error
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return DOCX
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return XLSX
    raise FileFault("unknown_type")


def _old_office_type(file: BinaryIO) -> str:
    """A saved Outlook message is one of several kinds of old Office files; the others may hold macros."""
    file.seek(0)
    if _MSG_MARK in file.read(SIZE_LIMIT):
        return MSG
    raise FileFault("unknown_type")


def _text_type(file: BinaryIO, name: str) -> str:
    file.seek(0)
    content = file.read(SIZE_LIMIT + 1)
    if _NOT_TEXT.search(content):
        raise FileFault("unknown_type")
    if name.lower().endswith(".eml"):
        if _HEADER.match(content):
            return EML
        raise FileFault("unknown_type")
    if _ACTIVE.search(content[:4096]):
        raise FileFault("active_content")
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if not name.lower().endswith((".csv", ".txt")):  # older programs write these in one byte a character
            raise FileFault("unknown_type") from None
    return CSV if name.lower().endswith(".csv") else TEXT
