"""Reading views: those there are, and the rows that one shows."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.errors import Invalid, NotFound
from crm.models import DefaultView, View
from crm.models.view import ViewQuerySet
from crm.queries.filter import filtered
from crm.queries.paging import ordered
from crm.queries.record import Fields, fields_of
from crm.record_kinds import RecordField, RecordKind, record_kind


def rows_of_view(actor: Actor, view: View, *, fields: Fields | None = None, q: str = "") -> QuerySet[Any]:
    """Return the rows a view shows to the actor, in its order: of those they see anyway, never more.

    `view` may be unsaved. `q` looks for words besides. Page it with `crm.queries.paging.page_in_order`. Raises `Invalid` when
    its filter names something that is not there any more.
    """
    kind = record_kind(view.kind)
    known = fields_of(actor, kind) if fields is None else fields
    rows = filtered(actor, kind.rows(actor).select_related(*kind.related), view.group, known)
    if q:
        rows = rows.filter(kind.search(q))
    return in_order(rows, view.sort or kind.sort, known)


def in_order(rows: QuerySet[Any], sort: str, fields: Fields) -> QuerySet[Any]:
    """Return rows in the order that `sort` names. Raises `Invalid` at `sort`."""
    field, descending = read_sort(sort, fields)
    by = field.ordering
    assert by is not None
    return ordered(rows, by, descending=descending, may_be_empty=field.blank)


def read_sort(sort: str, fields: Fields) -> tuple[RecordField, bool]:
    """Return the field that `sort` names, and whether the largest comes first. Raises `Invalid` at `sort`."""
    field = fields.get(sort.removeprefix("-"))
    if field is None or field.ordering is None:
        words = _("Nothing here can be sorted by “%(name)s”.") % {"name": sort[:80]}
        raise Invalid.field("sort", words, code="not_a_choice")
    return field, sort.startswith("-")


def read_columns(names: list[str], kind: RecordKind, fields: Fields) -> list[RecordField]:
    """Return the fields to show, in this order; the kind's own choice for none. A name that is gone is left out."""
    known = [fields[name] for name in dict.fromkeys(names) if name in fields]
    return known or [fields[name] for name in kind.columns]


def views(actor: Actor, kind: str = "") -> ViewQuerySet:
    """Return the saved views the actor may open, of one kind of record or all, with `is_default`: they begin in it."""
    chosen = DefaultView.objects.filter(view=OuterRef("pk"), user=actor.user)
    rows = View.objects.visible_to(actor).annotate(is_default=Exists(chosen)).select_related("owner", "team")
    return rows.filter(kind=kind) if kind else rows


def get_view(actor: Actor, view_id: UUID) -> View:
    """Return a view the actor may open. Raises `NotFound`."""
    view = views(actor).filter(pk=view_id).first()
    if view is None:
        raise NotFound
    return view
