"""Up to a hundred objects of a kind in one call: made, or changed each at the version the caller saw."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.actors import Actor
from crm.api.authentication import actor_of
from crm.api.fields import Id, Text, Whole
from crm.errors import DomainError, FieldFault, Invalid, NotFound
from crm.record_kinds import RecordKind

MOST_ROWS = 100
OPTIONS = frozenset({"atomic"})


class BulkFault(serializers.Serializer[Any]):
    """What is wrong with one field of one object."""

    pointer = Text()
    code = Text()
    detail = Text()


class BulkOutcome(serializers.Serializer[Any]):
    """What became of one object: its new version, or why it was refused. `status` is what a call of its own would answer."""

    id = Id(allow_null=True)
    status = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    code = Text()
    detail = Text()
    errors = BulkFault(many=True)


class BulkAnswer(serializers.Serializer[Any]):
    """The outcomes, in the order of the rows that were sent."""

    data = BulkOutcome(many=True)


class BulkRowChange(serializers.Serializer[Any]):
    """One object to change: which, at which version, and the fields to change; without `id` one to make. A subclass adds the fields."""

    id = Id()
    version = Whole()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; what must be there is the action's to say."""
        fields = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields


Row = dict[str, Any]
Make = Callable[[Actor, Row], Any]
Write = Callable[[Actor, Row], tuple[int, Any]]
"""Writes one row; gives the status that a call of its own would answer, and the object as it is then."""


def write_records(request: Request, kind: RecordKind, make: Make, rows: list[Row]) -> Response:
    """Change the rows that carry an `id`, in the kind's order of locks, and make the others. See `write_rows`."""
    places = _places(actor_of(request), kind, [row["id"] for row in rows if "id" in row])

    def write(actor: Actor, row: Row) -> tuple[int, Any]:
        if "id" not in row:
            return 201, make(actor, row)
        if "version" not in row:
            raise Invalid.field("version", _("Say which version you saw."), code="required")
        return 200, kind.change(actor, row.pop("id"), row.pop("version"), row)

    order = sorted(range(len(rows)), key=lambda index: places.get(rows[index].get("id"), -1))
    return write_rows(request, rows, write, order=order)


def write_rows(request: Request, rows: list[Row], write: Write, *, order: Iterable[int] | None = None) -> Response:
    """Write these rows: all or none of them, or with `?atomic=false` each by itself; one after the other, as `order` says.

    Raises what the first refused one raises, with pointers below `rows`.
    """
    if not 1 <= len(rows) <= MOST_ROWS:
        raise Invalid.field("rows", _("From 1 to %(most)s rows.") % {"most": MOST_ROWS}, code="out_of_range")
    atomic, actor = _is_atomic(request), actor_of(request)
    found: dict[int, Row] = {}
    for index in order or range(len(rows)):
        try:
            found[index] = _written(actor, write, dict(rows[index]))
        except DomainError as refusal:
            if atomic:
                raise _at(refusal, index) from refusal
            found[index] = _refused(rows[index], refusal)
    data = BulkAnswer({"data": [found[index] for index in range(len(rows))]}).data
    return Response(data, headers={"Cache-Control": "no-store"})


def _places(actor: Actor, kind: RecordKind, ids: list[UUID]) -> dict[UUID | None, int]:
    """Return the order in which objects are locked. Raises `Invalid` for one that is named twice."""
    if len(set(ids)) < len(ids):
        raise Invalid.field("rows", _("Name each object once."), code="repeated")
    rows = kind.rows(actor).filter(pk__in=ids).order_by(*kind.locked_in)
    return {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True))}


def _is_atomic(request: Request) -> bool:
    words = request.query_params.get("atomic", "true")
    if words not in ("true", "false"):
        raise Invalid.field("?atomic", _("Say true or false."), code="invalid")
    return words == "true"


def _written(actor: Actor, write: Write, row: Row) -> Row:
    with transaction.atomic():
        status, written = write(actor, row)
    return {"id": written.pk, "status": status, "version": written.version, "code": "", "detail": "", "errors": []}


def _refused(row: Row, refusal: DomainError) -> Row:
    errors = [{"pointer": f"/{one.field}", "code": one.code, "detail": str(one.message)} for one in refusal.faults]
    said = {"code": refusal.code, "detail": str(refusal.message), "errors": errors}
    return {"id": row.get("id"), "status": refusal.status, "version": None, **said}


def _at(refusal: DomainError, index: int) -> DomainError:
    """Return the refusal with its faults below the row that it is about."""
    if isinstance(refusal, NotFound):
        return Invalid.field(f"rows.{index}.id", refusal.message, code="not_found")
    faults = refusal.faults or (
        FieldFault("version" if refusal.code == "stale" else "", refusal.code, refusal.message),
    )
    refusal.faults = tuple(FieldFault(f"rows.{index}.{one.field}".rstrip("."), one.code, one.message) for one in faults)
    return refusal
