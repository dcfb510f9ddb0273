"""Comparing source rows with what an earlier import made of them: new, changed, or the same as before."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from crm.clock import now
from crm.models import ImportedRow
from crm.rules.canonical import decimal_words


@dataclass(frozen=True)
class Incoming:
    """One source row, checked: `fields` by the model's attribute names, `custom` by the keys of custom fields.

    `once` holds what is written when the row is made and never compared again (`created_at`).
    """

    key: str
    fields: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    once: dict[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Any]:
        """The fields as plain JSON, custom ones as `custom.<key>`."""
        own = {name: plain(value) for name, value in self.fields.items()}
        return own | {f"custom.{key}": plain(value) for key, value in self.custom.items()}

    @property
    def digest(self) -> str:
        """A word that changes with any of the values."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of one source row: `result` is added, updated or unchanged.

    `kept` names the fields that somebody changed here: they were left alone though the source says something else.
    """

    key: str
    result: str
    subject_id: UUID
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """A batch sorted by what there is to do."""

    new: list[Incoming]
    changed: list[tuple[Incoming, ImportedRow]]
    unchanged: list[Outcome]


def plain(value: Any) -> Any:
    """Return a model's value as JSON can keep it, equal values as equal words."""
    if isinstance(value, Decimal):
        return decimal_words(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def compare(source: str, incoming: Sequence[Incoming]) -> Comparison:
    """Sort a batch of rows of `source` into new, changed and unchanged ones, with one query."""
    keys = [row.key for row in incoming]
    known = {row.key: row for row in ImportedRow.objects.filter(source=source, key__in=keys)}
    comparison = Comparison([], [], [])
    for row in incoming:
        before = known.get(row.key)
        if before is None:
            comparison.new.append(row)
        elif before.digest == row.digest:
            comparison.unchanged.append(Outcome(row.key, "unchanged", before.subject_id))
        else:
            comparison.changed.append((row, before))
    return comparison


def remember_new(source: str, made: Iterable[tuple[Incoming, models.Model]]) -> list[Outcome]:
    """Note which rows were made from which source rows."""
    at = now()
    rows = [
        ImportedRow(
            source=source,
            key=incoming.key,
            digest=incoming.digest,
            values=incoming.values,
            subject_type=made_row._meta.model_name or "",
            subject_id=made_row.pk,
            imported_at=at,
        )
        for incoming, made_row in made
    ]
    ImportedRow.objects.bulk_create(rows)
    return [Outcome(row.key, "added", row.subject_id) for row in rows]


def remember_changed(changed: Iterable[tuple[Incoming, ImportedRow]]) -> None:
    """Note what the source rows say now. A field that was kept stays out of step, so it is kept the next time too."""
    rows = []
    for incoming, row in changed:
        row.digest, row.values, row.imported_at = incoming.digest, incoming.values, now()
        rows.append(row)
    ImportedRow.objects.bulk_update(rows, ["digest", "values", "imported_at"])


def merge(
    row: Any, before: ImportedRow, incoming: Incoming, *, closed: Sequence[str] = ()
) -> tuple[set[str], list[str]]:
    """Write into `row` (unsaved) what changed in the source and was not touched here.

    Returns the names of the fields to save, and of those that were kept. Fields in `closed` are kept whatever they hold.
    """
    changed: set[str] = set()
    kept: list[str] = []
    for name, value in incoming.fields.items():
        current = plain(getattr(row, name))
        if current == plain(value):
            continue
        if name in closed or current != before.values.get(name):
            kept.append(name)
        else:
            setattr(row, name, value)
            changed.add(name)
    for key, value in incoming.custom.items():
        current = row.custom.get(key)
        if current == value:
            continue
        if current != before.values.get(f"custom.{key}"):
            kept.append(f"custom.{key}")
        else:
            row.custom = {**row.custom, key: value}
            changed.add("custom")
    return changed, kept


def save_changed(rows: Sequence[Any], fields: set[str]) -> None:
    """Save merged rows with their next version."""
    at = now()
    for row in rows:
        row.version, row.updated_at = row.version + 1, at
    if rows:
        type(rows[0])._default_manager.bulk_update(rows, [*sorted(fields), "version", "updated_at"])
