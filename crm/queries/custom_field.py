"""Reading custom fields: the definitions, and the values of one row with their labels."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from crm.actors import Actor
from crm.models import CustomField, CustomFieldType


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
