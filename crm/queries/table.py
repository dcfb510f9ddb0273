"""A page of a table: the rows of a view with the values of its columns."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from crm.actors import Actor
from crm.models import View
from crm.queries.paging import page_in_order
from crm.queries.record import Fields
from crm.queries.view import read_columns, read_sort, rows_of_view
from crm.record_kinds import RecordField, RecordKind, record_kind


@dataclass(frozen=True)
class Cell:
    """One value, as its field reads it; `currency` for an amount."""

    field: RecordField
    value: Any
    currency: str = ""


@dataclass(frozen=True)
class TableRow:
    """One record with its cells. `may_write` says whether the reader may change it."""

    row: Any
    title: str
    cells: Sequence[Cell]
    may_write: bool


@dataclass(frozen=True)
class Summary:
    """How many rows a view has, and what the amounts in its first column of money come to, by currency."""

    count: int
    sums: Sequence[tuple[str, Decimal]]


@dataclass(frozen=True)
class Table:
    """A page of a table. `summary` is None where it was not asked for and more rows follow: counting all is dear."""

    kind: RecordKind
    columns: Sequence[RecordField]
    rows: Sequence[TableRow]
    next_cursor: str
    sorted_by: str
    descending: bool
    summary: Summary | None

    @property
    def money(self) -> RecordField | None:
        """The first column of money."""
        return _money(self.columns)


def get_table(actor: Actor, view: View, *, fields: Fields, q: str = "", cursor: str = "", count: bool = False) -> Table:
    """Return a page of a view, in a number of queries that no number of rows changes. Raises `Invalid`."""
    kind = record_kind(view.kind)
    columns = read_columns(view.columns, kind, fields)
    rows = rows_of_view(actor, view, fields=fields, q=q)
    page = page_in_order(rows, cursor)
    field, descending = read_sort(view.sort or kind.sort, fields)
    summary = (
        _counted(rows, _money(columns))
        if count
        else None
        if cursor or page.next_cursor
        else _summed(page.rows, _money(columns))
    )
    return Table(
        kind, columns, table_rows(actor, kind, columns, page.rows), page.next_cursor, field.name, descending, summary
    )


def table_rows(actor: Actor, kind: RecordKind, columns: Sequence[RecordField], rows: Sequence[Any]) -> list[TableRow]:
    """Return records with the values of these columns."""
    if kind.prepare:
        kind.prepare(actor, rows)
    writable = kind.writable(actor, rows) if rows else set()
    return [
        TableRow(row, kind.title(row), [cell_of(field, row) for field in columns], row.pk in writable) for row in rows
    ]


def cell_of(field: RecordField, row: Any) -> Cell:
    """Return the value of one field of a record."""
    return Cell(field, field.read(row), getattr(row, field.currency) if field.currency else "")


def _money(columns: Sequence[RecordField]) -> RecordField | None:
    return next((one for one in columns if one.currency), None)


def _summed(rows: Sequence[Any], money: RecordField | None) -> Summary:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if money and (amount := money.read(row)) is not None:
            sums[getattr(row, money.currency)] += amount
    return Summary(len(rows), _largest_first(sums))


def _counted(rows: QuerySet[Any], money: RecordField | None) -> Summary:
    if money is None:
        return Summary(rows.count(), ())
    grouped = rows.order_by().values_list(money.currency).annotate(n=Count("pk"), sum=Sum(money.column))
    count: Counter[str] = Counter()
    sums = {}
    for currency, n, amount in grouped:
        count[currency] += n
        if amount is not None:
            sums[currency] = amount
    return Summary(count.total(), _largest_first(sums))


def _largest_first(sums: dict[str, Decimal]) -> list[tuple[str, Decimal]]:
    return sorted(sums.items(), key=lambda one: -one[1])
