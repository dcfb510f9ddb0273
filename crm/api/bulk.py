"""Changing up to a hundred objects of a kind in one call, each at the version the caller saw."""

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

    id = Id()
    status = serializers.IntegerField()
    version = serializers.IntegerField(allow_null=True)
    code = Text()
    detail = Text()
    errors = BulkFault(many=True)


class BulkAnswer(serializers.Serializer[Any]):
    """The outcomes, in the order of the rows that were sent."""

    data = BulkOutcome(many=True)


class BulkRowChange(serializers.Serializer[Any]):
    """One object to change: which, at which version, and the fields to change. A subclass adds the fields of the kind."""

    id = Id()
    version = Whole()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; nothing but id and version must be there."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name in ("id", "version")
        return fields


def change_rows(request: Request, kind: RecordKind, rows: list[dict[str, Any]]) -> Response:
    """Change these rows: all or none of them, or with `?atomic=false` each by itself.

    They are locked in the kind's order. Raises what the first refused one raises, with pointers below `rows`.
    """
    atomic = _is_atomic(request)
    actor = actor_of(request)
    places = _places(actor, kind, [row["id"] for row in rows])
    found: dict[int, dict[str, Any]] = {}
    for index, row in sorted(enumerate(rows), key=lambda one: places.get(one[1]["id"], -1)):
        try:
            found[index] = _changed(actor, kind, dict(row))
        except DomainError as refusal:
            if atomic:
                raise _at(refusal, index) from refusal
            found[index] = _refused(row, refusal)
    data = BulkAnswer({"data": [found[index] for index in range(len(rows))]}).data
    return Response(data, headers={"Cache-Control": "no-store"})


def _places(actor: Actor, kind: RecordKind, ids: list[UUID]) -> dict[UUID, int]:
    """Return the order in which objects are locked. Raises `Invalid` for none, too many, or one that is named twice."""
    if not 1 <= len(ids) <= MOST_ROWS:
        raise Invalid.field("rows", _("From 1 to %(most)s rows.") % {"most": MOST_ROWS}, code="out_of_range")
    if len(set(ids)) < len(ids):
        raise Invalid.field("rows", _("Name each object once."), code="repeated")
    rows = kind.rows(actor).filter(pk__in=ids).order_by(*kind.locked_in)
    return {pk: place for place, pk in enumerate(rows.values_list("pk", flat=True))}


def _is_atomic(request: Request) -> bool:
    words = request.query_params.get("atomic", "true")
    if words not in ("true", "false"):
        raise Invalid.field("?atomic", _("Say true or false."), code="invalid")
    return words == "true"


def _changed(actor: Actor, kind: RecordKind, row: dict[str, Any]) -> dict[str, Any]:
    row_id, version = row.pop("id"), row.pop("version")
    with transaction.atomic():
        changed = kind.change(actor, row_id, version, row)
    return {"id": row_id, "status": 200, "version": changed.version, "code": "", "detail": "", "errors": []}


def _refused(row: dict[str, Any], refusal: DomainError) -> dict[str, Any]:
    errors = [{"pointer": f"/{one.field}", "code": one.code, "detail": str(one.message)} for one in refusal.faults]
    said = {"code": refusal.code, "detail": str(refusal.message), "errors": errors}
    return {"id": row["id"], "status": refusal.status, "version": None, **said}


def _at(refusal: DomainError, index: int) -> DomainError:
    """Return the refusal with its faults below the row that it is about."""
    if isinstance(refusal, NotFound):
        return Invalid.field(f"rows.{index}.id", refusal.message, code="not_found")
    faults = refusal.faults or (
        FieldFault("version" if refusal.code == "stale" else "", refusal.code, refusal.message),
    )
    refusal.faults = tuple(FieldFault(f"rows.{index}.{one.field}".rstrip("."), one.code, one.message) for one in faults)
    return refusal
