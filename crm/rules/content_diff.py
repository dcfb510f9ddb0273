"""What changed between two snapshots of a section."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from crm.rules.canonical import canonical_bytes, is_empty
from crm.rules.words import Piece, WordCounts, count_words, diff_words

Row = Mapping[str, object]


class ChangeKind(StrEnum):
    """What happened to a row or field. Moved: the same rows stand in another order."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Change:
    """One difference between two snapshots.

    `path` leads from the top to the list or mapping in which the row or field stands (keys and row ids); `row_id` is
    the row ("" outside of rows) and `field` the field ("" when the whole row came, went or moved). `before` and
    `after` are the values (None: there was none), `pieces` the word-by-word difference where both are texts. Of a
    move, `before` and `after` are the ids in their order.
    """

    path: tuple[str, ...]
    row_id: str
    field: str
    kind: ChangeKind
    before: object
    after: object
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class ContentCounts:
    """The summary over all changes; `places` counts rows and parts that differ."""

    places: int
    words: WordCounts


def diff_content(before: Row, after: Row) -> list[Change]:
    """Return the changes from `before` to `after`, both nested mappings as they are snapshotted.

    Rows of a list are matched by their "id" (or "key"); fields at an empty default count as not there. No change is
    returned exactly when both are the same content.
    """
    return _mappings(before, after, (), "")


def count_content(changes: Iterable[Change]) -> ContentCounts:
    """Count the words of all `changes` and the places they are in; words of whole rows and single values included."""
    listed = list(changes)
    words = WordCounts()
    for change in listed:
        if change.kind != ChangeKind.MOVED:
            words += count_words(change.pieces or diff_words(_text(change.before), _text(change.after)))
    return ContentCounts(len({(change.path, change.row_id) for change in listed}), words)


def _mappings(before: Row, after: Row, path: tuple[str, ...], row_id: str) -> list[Change]:
    found: list[Change] = []
    for key in [*after, *(key for key in before if key not in after)]:
        found += _values(before.get(key), after.get(key), path, row_id, key)
    return found


def _values(before: object, after: object, path: tuple[str, ...], row_id: str, field: str) -> list[Change]:
    if _same(before, after):
        return []
    inside = (*path, *([row_id] if row_id else []), field)
    before_rows, after_rows = _rows(before), _rows(after)
    if before_rows is not None and after_rows is not None:
        return _row_lists(before_rows, after_rows, inside)
    if _is_mapping(before, after) or _is_mapping(after, before):
        return _mappings(_mapping(before), _mapping(after), inside, "")
    kind = ChangeKind.ADDED if is_empty(before) else ChangeKind.REMOVED if is_empty(after) else ChangeKind.CHANGED
    return [Change(path, row_id, field, kind, before, after, _pieces(before, after))]


def _row_lists(before: dict[str, Row], after: dict[str, Row], path: tuple[str, ...]) -> list[Change]:
    found: list[Change] = []
    for row_id, row in after.items():
        if row_id in before:
            found += _mappings(before[row_id], row, path, row_id)
        else:
            found.append(Change(path, row_id, "", ChangeKind.ADDED, None, row))
    found += [
        Change(path, row_id, "", ChangeKind.REMOVED, row, None) for row_id, row in before.items() if row_id not in after
    ]
    was, now = [key for key in before if key in after], [key for key in after if key in before]
    if was != now:
        found.append(Change(path, "", "", ChangeKind.MOVED, tuple(was), tuple(now)))
    return found


def _rows(value: object) -> dict[str, Row] | None:
    """Return the rows of a list by id; None if the value is no list of rows with ids of their own."""
    if is_empty(value) and value is not False and value != "":
        return {}
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(row, Mapping) for row in value):
        return None
    rows = cast("Sequence[Row]", value)
    ids = [row.get("id", row.get("key")) for row in rows]
    if any(is_empty(row_id) for row_id in ids) or len({str(row_id) for row_id in ids}) != len(ids):
        return None
    return {str(row_id): row for row_id, row in zip(ids, rows, strict=True)}


def _is_mapping(value: object, other: object) -> bool:
    return isinstance(value, Mapping) and (isinstance(other, Mapping) or is_empty(other))


def _mapping(value: object) -> Row:
    return value if isinstance(value, Mapping) else {}


def _same(before: object, after: object) -> bool:
    if is_empty(before) or is_empty(after):
        return is_empty(before) and is_empty(after)
    return canonical_bytes(before) == canonical_bytes(after)


def _pieces(before: object, after: object) -> tuple[Piece, ...]:
    texts = [value for value in (before, after) if isinstance(value, str)]
    others = [value for value in (before, after) if not isinstance(value, str) and value is not None]
    return tuple(diff_words(_text(before), _text(after))) if texts and not others else ()


def _text(value: object) -> str:
    """Return the words in a value: of a row those of its fields, of numbers their canonical digits."""
    if isinstance(value, str):
        return value
    if is_empty(value) or isinstance(value, bool):
        return ""
    if isinstance(value, Mapping):
        return "\n".join(_text(item) for key, item in value.items() if key not in ("id", "key"))
    if isinstance(value, list | tuple):
        return "\n".join(_text(item) for item in value)
    return canonical_bytes(value).decode().strip('"')
