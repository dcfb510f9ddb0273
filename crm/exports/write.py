"""Writing exports into files: one kind as a table, or several in an archive."""

import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, Any
from uuid import UUID

from crm.actors import Actor
from crm.exports.kind import ExportKind
from crm.sheets import write_csv, write_xlsx

WRITERS: dict[str, Callable[[IO[bytes], Sequence[str], Iterable[Sequence[Any]]], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
}
"""The formats, with what writes them."""
Progress = Callable[[int], None]
_STEP = 500


def all_ids(kind: ExportKind, actor: Actor) -> Iterator[UUID]:
    """Yield the ids of everything of a kind that the actor may see, the oldest first."""
    yield from kind.rows(actor).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=5_000)


def write_kind(
    target: IO[bytes], kind: ExportKind, actor: Actor, ids: Iterable[UUID], format: str, progress: Progress
) -> int:
    """Write the rows with these ids as a table; return how many there were. `progress` is told how many more are done."""
    header, rows = kind.table(actor, ids)
    return WRITERS[format](target, header, _counted(rows, progress))


def write_archive(
    target: IO[bytes], kinds: Sequence[ExportKind], actor: Actor, format: str, progress: Progress, temporary: Any
) -> None:
    """Write everything of these kinds into an archive, a file for each; `temporary()` gives a file for the one at work."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for kind in kinds:
            with temporary() as file:
                write_kind(file, kind, actor, all_ids(kind, actor), format, progress)
                file.seek(0)
                with archive.open(f"{kind.name}.{format}", "w") as member:
                    while piece := file.read(256 * 1024):
                        member.write(piece)


def _counted(rows: Iterable[Any], progress: Progress) -> Iterator[Any]:
    count = 0
    for row in rows:
        count += 1
        if count == _STEP:
            progress(count)
            count = 0
        yield row
    progress(count)
