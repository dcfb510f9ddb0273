"""What can be exported: kinds of rows with their columns, registered by each app."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from crm.errors import Invalid
from crm.queries.custom_field import custom_fields

if TYPE_CHECKING:
    from crm.actors import Actor

CHUNK = 500
"""Rows read at a time."""


@dataclass(frozen=True)
class Column:
    """One column: its header, and where its cell stands in a row (`owner.name`), or how it is read from one."""

    header: str | Promise
    at: str = ""
    read: Callable[[Any], Any] | None = None

    def cell(self, row: Any) -> Any:
        """Return the cell of a row; None where nothing is there."""
        if self.read is not None:
            return self.read(row)
        first, _dot, rest = self.at.partition(".")
        value = getattr(row, first)
        return attrgetter(rest)(value) if rest and value is not None else None if rest else value


@dataclass(frozen=True)
class ExportKind:
    """A kind of rows. `rows(actor)` are all that the actor may see, with what the columns read along.

    `scope` is what a key needs; `custom_on` names the custom fields that follow the columns.
    """

    name: str
    label: str | Promise
    scope: str
    rows: Callable[["Actor"], QuerySet[Any]]
    columns: tuple[Column, ...]
    custom_on: str = ""

    def table(self, actor: "Actor", ids: Iterable[UUID]) -> tuple[list[str], Iterator[list[Any]]]:
        """Return the header, and the rows with these ids in their order; those the actor does not see are left out."""
        customs = custom_fields(actor, self.custom_on) if self.custom_on else []
        header = [str(column.header) for column in self.columns] + [field.label for field in customs]

        def rows() -> Iterator[list[Any]]:
            for row in self._in_order(actor, ids):
                cells = [column.cell(row) for column in self.columns]
                yield cells + [row.custom.get(field.key, "") for field in customs]

        return header, rows()

    def _in_order(self, actor: "Actor", ids: Iterable[UUID]) -> Iterator[Any]:
        waiting = iter(ids)
        while chunk := list(islice(waiting, CHUNK)):
            found = self.rows(actor).in_bulk(chunk)
            yield from (found[pk] for pk in chunk if pk in found)


_kinds: dict[str, ExportKind] = {}


def register_export(kind: ExportKind) -> None:
    """Let a kind of rows be exported; its name must be new."""
    if kind.name in _kinds:
        raise ValueError(f"The export {kind.name} is registered twice.")
    _kinds[kind.name] = kind


def export_kinds() -> Sequence[ExportKind]:
    """Return everything that can be exported, in the order of registration."""
    return tuple(_kinds.values())


def export_kind(name: str) -> ExportKind:
    """Return one kind. Raises `Invalid` at `kind`."""
    if name not in _kinds:
        raise Invalid.field("kind", _("Choose one of: %(all)s.") % {"all": ", ".join(_kinds)}, code="not_a_choice")
    return _kinds[name]
