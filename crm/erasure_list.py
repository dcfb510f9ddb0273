"""The list of erasures kept outside the database: one line of JSON for each, with ids and times and nothing else.

A backup is older than what was erased since. After a restore `manage.py apply_erasures` reads this list and erases again.

A line is written, and has reached the disk, *before* the erasure commits. Written after, a crash between the two could lose
it, and a restored backup would bring back a person who was told that they are gone. Written before, the worst is a line
whose erasure did not commit: an administrator had decided it and everything was checked, so `settle_list` carries it out.
"""

import fcntl
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings


class ListUnreadable(ValueError):
    """A line of the list is not what we write. Its number is in the message."""


@dataclass(frozen=True)
class Line:
    """One erasure. `completes` names the earlier one whose kept evidence this one erased."""

    erasure: UUID
    contact: UUID
    at: datetime
    retained_until: datetime | None = None
    completes: UUID | None = None

    def written(self) -> str:
        """Return the line as it stands in the file."""
        facts = {
            "erasure": str(self.erasure),
            "contact": str(self.contact),
            "at": self.at.isoformat(),
            "retained_until": self.retained_until.isoformat() if self.retained_until else None,
            "completes": str(self.completes) if self.completes else None,
        }
        return json.dumps(facts) + "\n"


def list_file() -> Path:
    """Return where the list lies."""
    return Path(settings.ERASURE_LIST)


def append(lines: Iterable[Line]) -> None:
    """Add lines that are not there yet and wait until the disk has them. Raises `OSError` when it cannot be written."""
    lines = list(lines)
    if not lines:
        return
    file = list_file()
    is_new = not file.exists()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+b") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        there = _whole_lines(opened)
        opened.write("".join(line.written() for line in lines if f'"erasure": "{line.erasure}"' not in there).encode())
        opened.flush()
        os.fsync(opened.fileno())
    if is_new:
        _sync_folder(file.parent)


def _whole_lines(opened: io.BufferedRandom) -> str:
    """Return what is there, and cut off what a crash left of a line without its end.

    The disk never confirmed such a line, so its erasure never committed.
    """
    opened.seek(0)
    content = opened.read()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        opened.truncate(len(whole))
    return whole.decode()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(file: Path | None = None) -> list[Line]:
    """Return the lines of the list (of `file`), oldest first, each erasure once; nothing where there is no list yet.

    A last line without its end was torn by a crash and counts for nothing. Raises `ListUnreadable`, and `OSError` for a
    named file that is not there.
    """
    if file is None and not list_file().exists():
        return []
    found: dict[UUID, Line] = {}
    whole, _end, _torn = (file or list_file()).read_text().rpartition("\n")
    for number, text in enumerate(whole.split("\n"), 1):
        if text.strip():
            line = _line(text, number)
            found.setdefault(line.erasure, line)
    return list(found.values())


def _line(text: str, number: int) -> Line:
    try:
        facts = json.loads(text)
        until, completes = facts["retained_until"], facts["completes"]
        return Line(
            UUID(facts["erasure"]),
            UUID(facts["contact"]),
            datetime.fromisoformat(facts["at"]),
            datetime.fromisoformat(until) if until else None,
            UUID(completes) if completes else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ListUnreadable(f"Line {number} of the list of erasures cannot be read: {error}") from error
