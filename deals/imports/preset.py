"""What a preset says: which files a system exports, and what each of their columns is. Presets are data."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

Kind = Literal["line", "day", "amount", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """A column of a file: its `header`, the `field` it becomes (`custom.<key>` for a custom field), and what it holds.

    `refers_to` names the part of the preset whose key it repeats. `doubtful` maps words that look like typing errors to
    what was probably meant: they are kept as they are, and reported.
    """

    header: str
    field: str
    kind: Kind = "line"
    required: bool = False
    limit: int = 200
    refers_to: str = ""
    doubtful: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A file. `key` is the field that names a row; it occurs once."""

    file: str
    key: str
    columns: tuple[Column, ...]

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that must be there."""
        return tuple(column.header for column in self.columns)

    def header_of(self, field: str) -> str:
        """Return the header of the column that becomes `field`."""
        return next(column.header for column in self.columns if column.field == field)


@dataclass(frozen=True)
class Definition:
    """A custom field that the import fills; made when it is not there."""

    on: str
    key: str
    label: str | Promise
    type: str


@dataclass(frozen=True)
class Preset:
    """One system's export.

    Field names that the loader knows: clients `name`, `industry`, `country`, `parent`; staff `name`, `manager`, `office`;
    products `name`, `series`, `price`; deals `id`, `agent`, `product`, `client`, `stage`, `begun_on`, `ended_on`, `amount`.
    `statuses` maps the source's stages to the status of a deal; `day_format` is strptime's.
    """

    name: str
    clients: Table
    staff: Table
    products: Table
    deals: Table
    statuses: Mapping[str, str]
    day_format: str
    definitions: tuple[Definition, ...]
    mail_domain: str

    @property
    def tables(self) -> dict[str, Table]:
        """The files by what they hold, in the order they are loaded."""
        return {"clients": self.clients, "staff": self.staff, "products": self.products, "deals": self.deals}
