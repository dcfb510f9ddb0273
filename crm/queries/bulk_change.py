"""Reading bulk changes: what can be changed of many records, and what became of each."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import formats
from crm.actors import Actor
from crm.clock import now
from crm.errors import Invalid, NotFound, Words
from crm.models import BulkChange, BulkRow, BulkRowState
from crm.queries.paging import Page, page_of
from crm.queries.record import CUSTOM, Fields, fields_of
from crm.record_kinds import RecordField, RecordKind, record_kind
from crm.rules.filter import FieldType

ARCHIVED = "archived"
"""In place of a field: the records leave the lists."""


@dataclass(frozen=True)
class BulkField:
    """What is changed of many records: `argument` of the kind's action, and what a record holds there, as plain JSON."""

    name: str
    label: Words
    argument: str
    held: Callable[[Any], Any]
    field: RecordField | None = None


@dataclass(frozen=True)
class BulkLine:
    """One record of a bulk change: how it is called now ("" for one that is out of sight), and what it held in words."""

    line: BulkRow
    title: str
    before: str


@dataclass(frozen=True)
class BulkPage:
    """A bulk change as people read it. `counts` are of records by state, `value` what they are given."""

    bulk: BulkChange
    kind: RecordKind
    label: Words
    value: str
    counts: dict[str, int]
    lines: Sequence[BulkLine]
    next_cursor: str

    @property
    def refused(self) -> int:
        """How many records stay as they are, since something forbids it."""
        return self.counts.get(BulkRowState.REFUSED, 0)

    @property
    def waiting(self) -> int:
        """How many are still to change."""
        return self.counts.get(BulkRowState.WAITING, 0)

    @property
    def changed(self) -> int:
        """How many were changed, and are as the change left them as far as it knows."""
        return self.counts.get(BulkRowState.CHANGED, 0)

    @property
    def put_back(self) -> int:
        """How many were put back."""
        return self.counts.get(BulkRowState.UNDONE, 0)

    @property
    def kept(self) -> int:
        """How many could not be put back."""
        return self.counts.get(BulkRowState.KEPT, 0)

    @property
    def same(self) -> int:
        """How many were like this already."""
        return self.counts.get(BulkRowState.SAME, 0)


def bulk_fields(kind: RecordKind, fields: Fields) -> list[BulkField]:
    """Return what can be changed of many records of a kind."""
    found = [_of(one) for one in fields.values() if one.bulk]
    if kind.archive:
        found.append(BulkField(ARCHIVED, _("Out of the lists"), ARCHIVED, lambda _row: None))
    return found


def bulk_field(actor: Actor, kind: RecordKind, name: str) -> BulkField:
    """Return one of them. Raises `Invalid` for what can only be changed one by one."""
    fields = fields_of(actor, kind, custom=name.startswith(CUSTOM))
    found = next((one for one in bulk_fields(kind, fields) if one.name == name), None)
    if found is None:
        words = _("“%(name)s” cannot be changed for many at once.") % {"name": name[:80]}
        raise Invalid.field("field", words, code="not_a_choice")
    return found


def _of(field: RecordField) -> BulkField:
    argument = field.change

    def held(row: Any) -> Any:
        if argument.startswith(CUSTOM):
            return row.custom.get(argument.removeprefix(CUSTOM))
        return plain_value(getattr(row, f"{argument}_id" if field.is_id else argument))

    return BulkField(field.name, field.label, argument, held, field)


def plain_value(value: Any) -> Any:
    """Return a value as plain JSON, as the actions take it too."""
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int) else str(value)


def get_bulk_change(actor: Actor, bulk_id: UUID, cursor: str = "") -> BulkPage:
    """Return a bulk change of the actor's own with a page of its records, refused ones first. Raises `NotFound`."""
    bulk = BulkChange.objects.visible_to(actor).filter(pk=bulk_id).first()
    if bulk is None:
        raise NotFound
    kind = record_kind(bulk.kind)
    chosen = bulk_field(actor, kind, bulk.field)
    page: Page[BulkRow] = page_of(bulk.rows.all(), cursor, by=("place",), limit=100)
    names = dict(chosen.field.options(actor)) if chosen.field and chosen.field.options else {}
    titles = _titles(actor, kind, [line.subject_id for line in page.rows])
    return BulkPage(
        bulk=bulk,
        kind=kind,
        label=chosen.label,
        value=_said(chosen, bulk.value, names),
        counts=dict(Counter(bulk.rows.values_list("state", flat=True))),
        lines=[BulkLine(one, titles.get(one.subject_id, ""), _said(chosen, one.before, names)) for one in page.rows],
        next_cursor=page.next_cursor,
    )


def _titles(actor: Actor, kind: RecordKind, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = kind.rows(actor).select_related(*kind.related).filter(pk__in=ids)
    return {row.pk: kind.title(row) for row in rows}


def _said(chosen: BulkField, value: Any, names: dict[str, Any]) -> str:
    """Return a value in words."""
    if value in (None, ""):
        return ""
    if chosen.field and chosen.field.type == FieldType.YES_NO:
        return str(_("Yes") if value else _("No"))
    if chosen.field and chosen.field.type == FieldType.DAY:
        return formats.day(date.fromisoformat(str(value)), timezone.localdate(now()), formats.babel_locale())
    return str(
        names.get(str(value), _("somebody or something that is gone") if chosen.field and chosen.field.is_id else value)
    )
