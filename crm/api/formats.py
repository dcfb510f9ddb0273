"""JSON in, JSON out. What comes in is taken strictly: whatever two readers could read differently is refused."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from crm.errors import FieldFault, Invalid, Words

SIZE_LIMIT = 1024 * 1024
"""Bytes of a JSON body at most."""
DEPTH_LIMIT = 12
DIGITS_LIMIT = 40


class TooLarge(APIException):
    """The body is larger than `SIZE_LIMIT` (413)."""

    status_code = 413
    default_detail = _("This is more than a call can carry.")
    default_code = "too_large"


class JsonParser(BaseParser):
    """Strict JSON: no repeated keys, no NaN, no NUL or half characters, nothing too deep, numbers as exact decimals."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the body. Raises `Invalid` with a pointer, or `TooLarge`."""
        raw = stream.read(SIZE_LIMIT + 1)
        if len(raw) > SIZE_LIMIT:
            raise TooLarge
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """Return `raw` as Python values, fractions as `Decimal`. Raises `Invalid`."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
            parse_int=_whole_number,
        )
    except UnicodeDecodeError as error:
        raise Invalid(_("The body is not UTF-8."), code="not_utf8") from error
    except RecursionError as error:
        raise Invalid(_("This is nested too deeply."), code="too_deep") from error
    except json.JSONDecodeError as error:
        words = _("The body is not JSON: line %(line)s, column %(column)s.")
        raise Invalid(words % {"line": error.lineno, "column": error.colno}, code="not_json") from error
    _check_values(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Invalid.field(_readable(key), _("This key is given twice."), code="repeated")
        found[key] = value
    return found


def _constant(name: str) -> Any:
    raise Invalid(_("%(name)s is no number in JSON.") % {"name": name}, code="not_a_number")


def _whole_number(digits: str) -> int:
    if len(digits) > DIGITS_LIMIT:
        raise Invalid(_("A number in the body is too large."), code="out_of_range")
    return int(digits)


def _number(digits: str) -> Decimal:
    try:
        number = Decimal(digits)
    except InvalidOperation as error:
        raise Invalid(_("A number in the body is too large."), code="out_of_range") from error
    if len(digits) > DIGITS_LIMIT or abs(number.adjusted()) > DIGITS_LIMIT:
        raise Invalid(_("A number in the body is too large."), code="out_of_range")
    return number


def _check_values(value: Any) -> None:
    """Refuse text that PostgreSQL or a reader could not take, and what is nested too deeply."""
    faults = []
    for field, depth, text in _walk(value):
        if depth > DEPTH_LIMIT:
            raise Invalid(_("This is nested too deeply."), code="too_deep")
        words = fault_in_text(text)
        if words:
            faults.append(FieldFault(field, "control_character", words))
    if faults:
        raise Invalid(faults[0].message, faults=faults)


def _walk(value: Any, field: str = "", depth: int = 1) -> Iterator[tuple[str, int, str]]:
    if isinstance(value, str):
        yield field, depth, value
    elif depth > DEPTH_LIMIT:
        yield field, depth, ""
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield _readable(field), depth, key
            yield from _walk(inner, f"{field}.{_readable(key)}".lstrip("."), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{field}.{index}".lstrip("."), depth + 1)


def fault_in_text(text: str) -> Words | None:
    """Return why `text` cannot be kept at all: a NUL, or half of a character; None when it can."""
    if "\x00" in text:
        return _("There is a NUL character in here.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        return _("There is half of a character in here (a lone surrogate).")
    return None


def _readable(key: str) -> str:
    return key.encode("utf-8", "replace").decode().replace("\x00", "?")[:100]


class JsonRenderer(BaseRenderer):
    """JSON by orjson: UTC times, decimals and ids as strings."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return `data` as JSON; nothing for an empty answer."""
        return b"" if data is None else orjson.dumps(data, default=_plain, option=orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Promise | UUID):
        return str(value)
    if isinstance(value, dict | list | tuple):
        return list(value) if not isinstance(value, dict) else dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form.")
