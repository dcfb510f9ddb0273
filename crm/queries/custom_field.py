"""Reading custom fields: the definitions, and the values of one row with their labels."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from crm.actors import Actor
from crm.errors import NotFound
from crm.models import CustomField, CustomFieldOn, CustomFieldType


@dataclass(frozen=True)
class CustomValue:
    """One value as people read it: `value` is a text, a `Decimal`, a date or a bool."""

    label: str
    type: str
    value: Any


def custom_fields(actor: Actor, on: str) -> list[CustomField]:
    """Return the custom fields there are on organisations, contacts or deals. They are the seller's own."""
    return list(CustomField.objects.filter(on=on, archived_at=None)) if actor.is_seller else []


def custom_values(actor: Actor, on: str, values: dict[str, Any]) -> list[CustomValue]:
    """Return the custom `values` of one row, in the order of their definitions."""
    known = custom_fields(actor, on)
    return [
        CustomValue(one.label, one.type, read_custom(one.type, values[one.key]))
        for one in known
        if values.get(one.key) not in (None, "")
    ]


def read_custom(type_: str, value: Any) -> Any:
    """Return a value as it is kept in `custom` as a text, a `Decimal`, a date or a bool."""
    match type_:
        case CustomFieldType.NUMBER:
            return Decimal(value)
        case CustomFieldType.DATE:
            return date.fromisoformat(value)
    return value


@dataclass(frozen=True)
class FieldsOn:
    """The custom fields on one thing, for the settings: those in use in their order, and those out of use."""

    on: CustomFieldOn
    used: list[CustomField]
    archived: list[CustomField]


def all_custom_fields(actor: Actor) -> list[FieldsOn]:
    """Return every custom field there is, by what it is on. They are the seller's own."""
    rows = list(CustomField.objects.all()) if actor.is_seller else []
    return [
        FieldsOn(
            on,
            used=[one for one in rows if one.on == on and one.archived_at is None],
            archived=[one for one in rows if one.on == on and one.archived_at is not None],
        )
        for on in CustomFieldOn
    ]


def get_custom_field(actor: Actor, custom_field_id: UUID) -> CustomField:
    """Return a custom field, in use or not. Raises `NotFound`."""
    found = CustomField.objects.filter(pk=custom_field_id).first() if actor.is_seller else None
    if found is None:
        raise NotFound
    return found
