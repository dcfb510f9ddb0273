"""Pages of a list by cursor: stable while rows are added, and as fast on the last page as on the first."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from crm.errors import Invalid

Row = TypeVar("Row", bound=Model)

LIMIT = 50
"""Rows of a page where nobody asked for another number."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the opaque cursor that leads on; empty on the last page."""

    rows: list[Row]
    next_cursor: str


def page_of(
    rows: QuerySet[Row], cursor: str = "", *, by: Sequence[str] = ("name", "id"), limit: int = LIMIT
) -> Page[Row]:
    """Return the page of `rows` after `cursor`, ordered `by` fields of the row (`-at` turns one round).

    The last of `by` must be unique. Raises `Invalid` for a cursor that none of our pages gave.
    """
    names = [name.removeprefix("-") for name in by]
    found = rows.order_by(*by)
    if cursor:
        found = found.filter(_after(by, _decode(rows.model, names, cursor)))
    some = list(found[: limit + 1])
    if len(some) <= limit:
        return Page(some, "")
    return Page(some[:limit], _encode([getattr(some[limit - 1], name) for name in names]))


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition for rows after `values`: the first field beyond, or equal and the next one beyond."""
    after = Q()
    for place, name in enumerate(by):
        field = name.removeprefix("-")
        same = Q(**{earlier.removeprefix("-"): values[at] for at, earlier in enumerate(by[:place])})
        after |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": values[place]})
    return after


def _encode(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(model: type[Model], names: Sequence[str], cursor: str) -> list[Any]:
    try:
        plain = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(names) or not all(isinstance(one, str) for one in plain):
            raise ValueError
        fields = [cast(Any, model._meta.get_field(name)) for name in names]
        values = [one.to_python(text) for one, text in zip(fields, plain, strict=True)]
        if any(value is None or (isinstance(value, str) and not _can_be_kept(value)) for value in values):
            raise ValueError
    except (ValueError, ValidationError):
        raise Invalid.field("cursor", _("This cursor did not come from here. Start at the first page.")) from None
    return values


def _can_be_kept(text: str) -> bool:
    """Whether PostgreSQL takes the text: no NUL, no half of a character."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
