"""A room's evidence as one ZIP file, made while it is downloaded.

In two steps. First everything is read from the database and laid into a temporary folder, as JSON and as a PDF; then the
connection can go, and the archive is zipped piece by piece, with the files straight from the storage. So nothing is held
in memory or left lying on the server, and what somebody may see is decided at the moment they ask.
"""

import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO
from uuid import UUID

import structlog
from django.template.loader import render_to_string
from django.utils.text import slugify

from crm.actors import Actor
from crm.archive_parts import archive_parts
from crm.clock import now
from crm.evidence import verify
from crm.files import is_kept, open_content
from crm.models import Attachment, Consent, Room
from crm.pdf.room import room_pdf
from crm.queries import archive as rows
from crm.queries.receipt import receipts_of
from crm.queries.room import get_room

log = structlog.get_logger(__name__)

CHUNK = 256 * 1024
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+')


@dataclass
class Archive(AbstractContextManager["Archive"]):
    """An archive that is ready to be sent. Its temporary folder goes when it is closed."""

    room: Room
    at: datetime
    folder: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="archive-")
    )
    hashes: dict[str, str] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.folder.cleanup()

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{slugify(self.room.title)[:60] or 'room'}-{self.at:%Y-%m-%d}.zip"

    def add(self, name: str, content: bytes) -> None:
        """Put a file in."""
        with self._written(name) as file:
            file.write(content)

    def add_rows(self, name: str, found: Iterable[dict[str, Any]]) -> int:
        """Put a list of rows in, one a line; return how many."""
        count = 0
        with self._written(name) as file:
            for count, row in enumerate(found, 1):
                file.write(b"[\n" if count == 1 else b",\n")
                file.write(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
            file.write(b"\n]\n" if count else b"[]\n")
        return count

    def add_stored(self, name: str, sha256: str) -> None:
        """Put a file of the storage in; it is read when the archive is sent."""
        self.hashes[name] = self.stored[name] = sha256

    def _written(self, name: str) -> "_Hashed":
        path = Path(self.folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return _Hashed(path, name, self.hashes)

    def pieces(self) -> Generator[bytes, None, None]:
        """Give the ZIP file piece by piece, and clean up. Raises `FileNotFoundError` for a stored file that is gone."""
        with self:
            pipe = _Pipe()
            with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
                for name in self.hashes:
                    with self._open(name) as source, packed.open(self._info(name), "w") as target:
                        while chunk := source.read(CHUNK):
                            target.write(chunk)
                            yield pipe.taken()
            yield pipe.taken()

    def _open(self, name: str) -> BinaryIO:
        if name in self.stored:
            opened: BinaryIO = open_content(self.stored[name])
            return opened
        return (Path(self.folder.name) / name).open("rb")

    def _info(self, name: str) -> zipfile.ZipInfo:
        info = zipfile.ZipInfo(name, date_time=self.at.timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        return info


class _Hashed(io.FileIO):
    """A file that is hashed while it is written."""

    def __init__(self, path: Path, name: str, hashes: dict[str, str]) -> None:
        super().__init__(path, "w")
        self._named, self._hashes, self._digest = name, hashes, hashlib.sha256()

    def write(self, content: Any) -> int:
        """Write and hash."""
        self._digest.update(content)
        return super().write(content)

    def close(self) -> None:
        """Close, and note the hash."""
        self._hashes[self._named] = self._digest.hexdigest()
        super().close()


class _Pipe(io.RawIOBase):
    """What the ZIP writer writes into and the download takes out of."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        """It is written only: the ZIP writer then needs no way back."""
        return True

    def write(self, content: Any) -> int:
        """Hold what was written."""
        self._held += content
        return len(content)

    def taken(self) -> bytes:
        """Return what was written since, and forget it."""
        held, self._held = bytes(self._held), bytearray()
        return held


def make_archive(actor: Actor, room_id: UUID) -> Archive:
    """Read everything the actor may see of a room; nothing is read from the database after this. Raises `NotFound`."""
    room = get_room(actor, room_id)
    archive = Archive(room, now())
    try:
        _fill(archive, actor, room)
    except BaseException:
        archive.folder.cleanup()
        raise
    return archive


def _fill(archive: Archive, actor: Actor, room: Room) -> None:
    about = rows.about(actor, room)
    shared = rows.files(actor, room)
    files = [file for file in shared if is_kept(file.sha256)]
    lost = [file for file in shared if not is_kept(file.sha256)]
    if lost:
        log.error("files_missing_from_storage", room=str(room.pk), files=[str(file.pk) for file in lost])
    parts = {part.name: list(part.pages(actor, room)) for part in archive_parts()}
    receipts = receipts_of(actor, Consent.objects.filter(room=room))
    comments = list(rows.comment_rows(actor, room))
    context = {"about": about, "room": room, "actor": actor, "files": files}
    archive.add("READ-ME.txt", render_to_string("crm/archive/read_me.txt", context).encode())
    archive.add("room.pdf", room_pdf(room, about, receipts, parts, comments, files))
    archive.add("verify.py", Path(verify.__file__).read_bytes())
    archive.add("data/room.json", json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True).encode())
    archive.add_rows("data/questions.json", rows.question_rows(actor, room))
    archive.add_rows("data/revisions.json", rows.revision_rows(actor, room))
    archive.add_rows("data/ledger.json", rows.ledger_rows(actor, room))
    archive.add_rows("data/comments.json", comments)
    archive.add_rows("data/talks.json", rows.activity_rows(actor, room))
    for name, pages in parts.items():
        archive.add_rows(f"data/pages/{name}.json", ({"title": page.title, **page.content} for page in pages))
    listed = [*((_path(file), file) for file in files), *(("", file) for file in lost)]
    archive.add_rows("data/files.json", (rows.file_row(file, path) for path, file in listed))
    stored = {
        _path(file): file.sha256 for file in files
    }  # what two people added stands there once, and is listed for each
    for path, sha256 in stored.items():
        archive.add_stored(path, sha256)
    manifest = json.dumps({"files": archive.hashes}, indent=1, sort_keys=True)
    archive.add(verify.MANIFEST, manifest.encode())


def _path(file: Attachment) -> str:
    """Return where a file lies in the archive: its own name, made harmless, behind the beginning of its hash."""
    name = _UNSAFE.sub("_", file.name).strip(" .") or "file"
    return f"files/{file.sha256[:12]}-{name}"
