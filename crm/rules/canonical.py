"""The one canonical form of content, and the hash over it.

Content that somebody agrees to is hashed as canonical JSON (RFC 8785) with a schema number inside, so that the same
content always has the same hash, on every machine and after every upgrade. Words are hashed as they were written:
Unicode is never normalised, because two spellings are two texts.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from uuid import UUID

import rfc8785

#: Whole numbers beyond this are not exact in every JSON reader (RFC 8785, I-JSON); pass them as `Decimal` instead.
MAX_INTEGER = 2**53 - 1
#: A decimal may have this many digits written out; no amount or measurement needs more.
MAX_DECIMAL_DIGITS = 100

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def canonical_bytes(value: object) -> bytes:
    """Return `value` as RFC 8785 bytes.

    Decimals become plain strings without trailing zeros, dates RFC 3339, datetimes RFC 3339 in UTC, UUIDs and enum
    members their value. Raises `ValueError`, naming the place, for NULs, lone surrogates, naive datetimes, numbers out
    of range, floats and types that have no canonical form.
    """
    return rfc8785.dumps(canonical_value(value))


def content_hash(content: Mapping[str, object], *, schema: int) -> str:
    """Return the SHA-256 (64 hex digits) of `content` under the canonicaliser number `schema`."""
    return hashlib.sha256(canonical_bytes({"schema": schema, "content": content})).hexdigest()


def without_defaults(mapping: Mapping[str, object], defaults: Mapping[str, object] | None = None) -> dict[str, object]:
    """Return a copy of `mapping` (this level only) without the fields that are at their default.

    The default of a field is what `defaults` says; of every other field None, "", False or an empty list or mapping.
    A field added by an upgrade starts at its default, is left out, and so makes nothing out of date.
    """
    own = defaults or {}
    return {
        key: value for key, value in mapping.items() if not (_same(value, own[key]) if key in own else is_empty(value))
    }


def is_empty(value: object) -> bool:
    """Return whether `value` says nothing: None, "", False, or an empty list, tuple or mapping. Zero says something."""
    return value is None or value is False or (isinstance(value, str | list | tuple | Mapping) and not value)


def canonical_value(value: object, path: str = "content") -> Json:
    """Return `value` with only JSON types in it; `path` is the place named in errors. See `canonical_bytes`."""
    if isinstance(value, Enum):
        return canonical_value(value.value, path)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _words(value, path)
    if isinstance(value, int):
        return _integer(value, path)
    if isinstance(value, Mapping):
        return {_key(key, path): canonical_value(item, f"{path}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical_value(item, f"{path}[{index}]") for index, item in enumerate(value)]
    return _scalar(value, path)


def decimal_words(value: Decimal, path: str = "content") -> str:
    """Return `value` as a plain string: "4.5" for 4.50 and 4.5E0, "0" for -0. Raises `ValueError` if not finite."""
    if not value.is_finite():
        raise ValueError(f"{path}: {value} is not a number")
    exponent = value.as_tuple().exponent
    digits = max(abs(value.adjusted()), abs(int(exponent)), len(value.as_tuple().digits))
    if value and digits > MAX_DECIMAL_DIGITS:
        raise ValueError(f"{path}: the number has more than {MAX_DECIMAL_DIGITS} digits")
    if not value:
        return "0"
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _scalar(value: object, path: str) -> str:
    if isinstance(value, Decimal):
        return decimal_words(value, path)
    if isinstance(value, datetime):
        return _instant(value, path)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, float):
        raise ValueError(f"{path}: a float has no exact form, pass a Decimal")
    raise ValueError(f"{path}: {type(value).__name__} has no canonical form")


def _instant(value: datetime, path: str) -> str:
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"{path}: a time without a zone is no instant")
    try:
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError as error:
        raise ValueError(f"{path}: the time is out of range") from error


def _integer(value: int, path: str) -> int:
    if abs(value) > MAX_INTEGER:
        raise ValueError(f"{path}: the whole number is beyond 2^53, pass a Decimal")
    return int(value)


def _words(value: str, path: str) -> str:
    if "\x00" in value:
        raise ValueError(f"{path}: the text contains a NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{path}: the text contains half of a character (a lone surrogate)")
    return str(value)


def _key(key: object, path: str) -> str:
    if not isinstance(key, str):
        raise ValueError(f"{path}: the key {key!r} is not text")
    return _words(key.value if isinstance(key, Enum) else key, f"{path} (key)")


def _same(value: object, default: object) -> bool:
    return isinstance(value, bool) == isinstance(default, bool) and value == default
