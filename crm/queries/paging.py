"""Pages of a list by cursor: stable while rows are added, and as fast on the last page as on the first."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from crm.errors import Invalid

Row = TypeVar("Row", bound=Model)

PLACE = "place_in_order"
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
        fields = [rows.model._meta.get_field(name) for name in names]
        found = found.filter(_after(by, _decode(fields, cursor)))
    some = list(found[: limit + 1])
    if len(some) <= limit:
        return Page(some, "")
    return Page(some[:limit], _encode([getattr(some[limit - 1], name) for name in names]))


def ordered(rows: QuerySet[Any], by: Combinable, *, descending: bool, may_be_empty: bool) -> QuerySet[Any]:
    """Return `rows` ordered by an expression, the empty ones last either way and ties by id: what `page_in_order` pages.

    An order is read from an index only where it does not speak of empty ones, so say whether there can be any.
    """
    at, last = F(PLACE), may_be_empty or None
    first = at.desc(nulls_last=last) if descending else at.asc(nulls_last=last)
    placed: QuerySet[Any] = rows.annotate(**{PLACE: by})
    return placed.order_by(first, "-pk" if descending else "pk")


def page_in_order(rows: QuerySet[Row], cursor: str = "", *, limit: int = LIMIT) -> Page[Row]:
    """Return the page of `ordered` rows after `cursor`. Raises `Invalid` for a cursor that none of our pages gave."""
    found = rows.filter(_after_place(rows, cursor)) if cursor else rows
    some = list(found[: limit + 1])
    if len(some) <= limit:
        return Page(some, "")
    last = some[limit - 1]
    return Page(some[:limit], _encode([getattr(last, PLACE), last.pk]))


def _after_place(rows: QuerySet[Row], cursor: str) -> Q:
    first: Any = rows.query.order_by[0]
    beyond = "lt" if first.descending else "gt"
    output = rows.query.annotations[PLACE].output_field
    place, last_id = _decode([output, rows.model._meta.pk], cursor, may_be_none=1)
    after_id = Q(**{f"pk__{beyond}": last_id})
    if place is None:
        return Q(**{f"{PLACE}__isnull": True}) & after_id
    same = Q(**{PLACE: place}) & after_id
    after = Q(**{f"{PLACE}__{beyond}": place}) | same
    return after | Q(**{f"{PLACE}__isnull": True}) if first.nulls_last else after


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition for rows after `values`: the first field beyond, or equal and the next one beyond."""
    after = Q()
    for place, name in enumerate(by):
        field = name.removeprefix("-")
        same = Q(**{earlier.removeprefix("-"): values[at] for at, earlier in enumerate(by[:place])})
        after |= same & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": values[place]})
    return after


def _encode(values: Sequence[Any]) -> str:
    plain = [
        None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value) for value in values
    ]
    return urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _decode(fields: Sequence[Any], cursor: str, *, may_be_none: int = 0) -> list[Any]:
    """Read the values of `fields` from a cursor; the first `may_be_none` of them may be None."""
    try:
        plain = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(fields):
            raise ValueError
        values = [_read(one, text) for one, text in zip(fields, plain, strict=True)]
        if any(value is None for value in values[may_be_none:]):
            raise ValueError
    except (ValueError, ValidationError, RecursionError):
        raise Invalid.field("cursor", _("This cursor did not come from here. Start at the first page.")) from None
    return values


def _read(field: Any, text: Any) -> Any:
    if text is None:
        return None
    if not isinstance(text, str) or not _can_be_kept(text):
        raise ValueError
    return field.to_python(text)


def _can_be_kept(text: str) -> bool:
    """Whether PostgreSQL takes the text: no NUL, no half of a character."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
