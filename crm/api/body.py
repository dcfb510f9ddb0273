"""Reading a body: the fields an endpoint takes, all of them in their shape, and no others."""

from collections.abc import Iterator
from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from crm.api.fields import Shape
from crm.errors import FieldFault, Invalid


def checked_body(request: Request, takes: Shape, answers: Shape | None) -> dict[str, Any]:
    """Return the body's values. Raises `Invalid` with a pointer to each unknown or read-only field, or wrong shape.

    A PATCH is a JSON merge patch (RFC 7396): what is absent stays, null empties.
    """
    data: Any = request.data
    if request.FILES:
        data = {name: data[name] for name in data}
    if not isinstance(data, dict):
        raise Invalid(_("Send one JSON object."), code="not_an_object")
    shape = takes(data=data, partial=request.method == "PATCH")
    readable = frozenset(answers().fields) if answers else frozenset()
    faults = list(_unknown(shape, data, readable))
    if faults:
        raise Invalid(faults[0].message, faults=faults)
    shape.is_valid(raise_exception=True)
    return cast(dict[str, Any], shape.validated_data)


def _unknown(shape: Any, data: Any, readable: frozenset[str], field: str = "") -> Iterator[FieldFault]:
    if isinstance(shape, serializers.ListSerializer):
        for index, one in enumerate(data if isinstance(data, list) else []):
            yield from _unknown(shape.child, one, frozenset(), f"{field}.{index}")
        return
    if not isinstance(shape, serializers.Serializer) or not isinstance(data, dict):
        return
    for name, value in data.items():
        inner = f"{field}.{name}".lstrip(".")
        if name in shape.fields:
            yield from _unknown(shape.fields[name], value, frozenset(), inner)
        elif name in readable:
            yield FieldFault(inner, "read_only", _("This cannot be changed here."))
        else:
            yield FieldFault(inner, "unknown", _("There is no such field."))
