"""The kinds of record that stand in tables: deals, organisations, contacts. Each app registers its own from `AppConfig.ready`.

A kind says which fields its records have, and for each how it is filtered, sorted, read and changed. Tables, filters, saved
views, bulk changes and REST learn everything from here and know no kind by name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import F, Q
from django.utils.functional import Promise

from crm.errors import NotFound
from crm.rules.filter import OF_EMPTINESS, OPERATORS, FieldType

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

    from crm.actors import Actor

Words = str | Promise
Options = Sequence[tuple[str, Words]]
ME = "me"
"""In a filter, whoever looks."""


@dataclass(frozen=True)
class RecordField:
    """A field of a kind. `column` is what filters compare: a path or an expression; `order` what it is sorted by where that
    differs ("": not sortable). `read` gives its value of a row.

    `options` are the values to choose from, `values` what they are in the database where that differs; `is_id` says that
    values are ids of rows, `is_person` that these are colleagues, so that `me` is one. `blank`: it may be empty.
    `change` is the argument of the kind's change action, "" where the table changes nothing; `bulk` whether many rows at
    once may get the same value. `currency` is the row's field with the currency of an amount. A field that `can_filter` not
    is only shown; `template` shows it if its type is not enough.
    """

    name: str
    label: Words
    type: FieldType
    column: Any
    read: Callable[[Any], Any]
    order: Any = None
    options: "Callable[[Actor], Options] | None" = None
    values: Mapping[str, Any] = field(default_factory=dict)
    is_id: bool = False
    is_person: bool = False
    blank: bool = False
    change: str = ""
    bulk: bool = False
    currency: str = ""
    can_filter: bool = True
    template: str = ""

    @property
    def expression(self) -> "Combinable":
        """What filters compare."""
        return F(self.column) if isinstance(self.column, str) else self.column

    @property
    def ordering(self) -> "Combinable | None":
        """What it is sorted by; None where it is not."""
        if self.order is None:
            return self.expression
        return (F(self.order) if isinstance(self.order, str) else self.order) if self.order else None

    @property
    def operators(self) -> dict[str, int]:
        """The operators that fit, with the number of values they take."""
        return OPERATORS[self.type] | (OF_EMPTINESS if self.blank else {})

    @property
    def is_number(self) -> bool:
        """Whether it stands at the end of its column."""
        return self.type in (FieldType.NUMBER, FieldType.MONEY)


@dataclass(frozen=True)
class RecordKind:
    """One kind of record.

    `rows` are all rows the actor sees outside the archive, `related` what is joined for reading them. `columns` and `sort`
    are what a table shows at first, `standard` the views everybody has: label and filter, the first one at first. `heading`
    is the template of a row's first cell, `heading_field` what it is sorted by, `title` a row in words.

    `change(actor, id, version, values)`, `archive(actor, id, version)` and `restore(actor, id, version)` are its actions,
    `writable` the rows among some that the actor may change, `locked_in` the order in which many are locked. `prepare`
    fetches what is shown besides. `scope` is what a key needs to read and write them ("deals").
    """

    name: str
    label: Words
    url_name: str
    scope: str
    counted: Callable[[int], str]
    rows: "Callable[[Actor], QuerySet[Any]]"
    fields: tuple[RecordField, ...]
    columns: tuple[str, ...]
    sort: str
    standard: tuple[tuple[Words, str], ...]
    heading: str
    heading_label: Words
    heading_field: str
    title: Callable[[Any], str]
    search: Callable[[str], Q]
    change: "Callable[[Actor, UUID, int, dict[str, Any]], Any]"
    writable: "Callable[[Actor, Sequence[Any]], set[UUID]]"
    archive: "Callable[[Actor, UUID, int], Any] | None" = None
    restore: "Callable[[Actor, UUID, int], Any] | None" = None
    related: tuple[str, ...] = ()
    locked_in: tuple[str, ...] = ("pk",)
    forms: tuple[str, ...] = ("table",)
    prepare: "Callable[[Actor, Sequence[Any]], None] | None" = None


_kinds: dict[str, RecordKind] = {}


def register_record_kind(kind: RecordKind) -> None:
    """Add a kind; its name must be new."""
    if kind.name in _kinds:
        raise ValueError(f"The kind of record {kind.name} is registered twice.")
    _kinds[kind.name] = kind


def record_kind(name: str) -> RecordKind:
    """Return the kind called `name`. Raises `NotFound`."""
    if name not in _kinds:
        raise NotFound
    return _kinds[name]


def record_kinds() -> Sequence[RecordKind]:
    """Return all kinds."""
    return tuple(_kinds.values())
