"""What every endpoint does: check the scope, the parameters, the version and the body, then call one query or action.

`reads` and `writes` stand above the methods of plain DRF views. They hold nothing of their own: the order of the checks
and what the OpenAPI document says about them.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.api.authentication import require_scope
from crm.api.body import checked_body
from crm.api.description import parameters_of, responses_of
from crm.api.fields import Shape
from crm.api.idempotency import once
from crm.api.listing import Listing, read_expand, read_parameters
from crm.api.versions import etag, is_unchanged, version_of
from crm.errors import DomainError, FieldFault, Invalid

View = Callable[..., Response]


class Nothing(serializers.Serializer[Any]):
    """A body without fields."""


def reads(
    name: str,
    scope: str,
    *,
    answers: Shape | None = None,
    listing: Listing | None = None,
    expand: tuple[str, ...] = (),
    tags: list[str] | None = None,
) -> Callable[[View], View]:
    """Say what a GET needs and answers: one object (`answers`, with `expand`) or a list."""

    def wrap(view: View) -> View:
        @wraps(view)
        def run(self: Any, request: Request, **ids: Any) -> Response:
            require_scope(request, scope)
            if listing is None:
                read_parameters(request, frozenset({"expand"} if expand else ()))
            return view(self, request, **ids)

        described = extend_schema(
            operation_id=name,
            tags=tags,
            parameters=parameters_of(listing, expand),
            responses=responses_of(200, answers, listing, scope),
        )
        return described(run)

    return wrap


def writes(
    name: str,
    scope: str,
    *,
    takes: Shape | None = Nothing,
    answers: Shape | None = None,
    status: int = 200,
    versioned: bool = False,
    pointers: Mapping[str, str] | None = None,
    also: Mapping[int, str] | None = None,
    options: frozenset[str] = frozenset(),
    example: dict[str, Any] | None = None,
    tags: list[str] | None = None,
) -> Callable[[View], View]:
    """Say what a POST, PATCH or DELETE needs and answers. `versioned`: it needs `If-Match`, read with `version_of`.

    The view gets the checked body as `values` (`takes=None` looks at none). It runs in one transaction together with its
    `Idempotency-Key`. `also` names other good answers; `pointers` says where an action's arguments stand in the body when
    the names differ. `options` are parameters of the address that a POST takes.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def run(self: Any, request: Request, **ids: Any) -> Response:
            require_scope(request, scope)
            read_parameters(request, options)
            if versioned:
                version_of(request)
            values = checked_body(request, takes, answers) if takes else {}
            try:
                with transaction.atomic():
                    if request.method != "POST":
                        return view(self, request, values, **ids)
                    return once(request, lambda: view(self, request, values, **ids))
            except DomainError as error:
                error.faults = tuple(_at(fault, pointers or {}) for fault in error.faults)
                raise

        described = extend_schema(
            operation_id=name,
            tags=tags,
            parameters=parameters_of(versioned=versioned, is_post=view.__name__ == "post", options=options),
            request=None if takes in (Nothing, None) else takes,
            responses=responses_of(status, answers, None, scope, is_write=True, versioned=versioned, also=also),
            examples=[OpenApiExample(name, value=example, request_only=True)] if example else None,
        )
        return described(run)

    return wrap


def one(
    request: Request,
    shape: Shape,
    row: Any,
    *,
    expand: tuple[str, ...] = (),
    status: int = 200,
    location: str = "",
    cacheable: bool = False,
) -> Response:
    """Answer with one whole object and its ETag. `cacheable`: its version says all, so `If-None-Match` may spare it (304)."""
    context = {"expand": expand, "request": request}
    headers = {"Cache-Control": "no-store"}
    version = getattr(row, "version", None)
    if version is not None:
        headers["ETag"] = etag(version)
        if cacheable and not expand and is_unchanged(request, version):
            return Response(None, status=304, headers=headers)
    if location:
        headers["Location"] = location
    response = Response(shape(row, context=context).data, status=status, headers=headers)
    response.subject = row  # type: ignore[attr-defined]  # for `once`: whose sight a replay checks again
    return response


def gone() -> Response:
    """Answer a DELETE: archived, nothing to show."""
    return Response(None, status=204)


def expanded(request: Request, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return what `?expand=` names for one object. Raises `Invalid`."""
    return read_expand(read_parameters(request, frozenset({"expand"})), allowed)


def renamed(error: Invalid, prefix: str) -> Invalid:
    """Return the error with its faults below `prefix`, for what lies deeper in the body than the action knows."""
    faults = [FieldFault(f"{prefix}.{one.field}", one.code, one.message) for one in error.faults]
    return Invalid(error.message, code=error.code, faults=faults)


def _at(fault: FieldFault, pointers: Mapping[str, str]) -> FieldFault:
    return FieldFault(pointers.get(fault.field, fault.field), fault.code, fault.message)
