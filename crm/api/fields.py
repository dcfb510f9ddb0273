"""The shapes that answers and bodies are made of. Strict where DRF is lenient: a number is no text, "1" is no yes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from crm.api.authentication import require_scope
from crm.checks import FIRST_DAY, LAST_DAY
from crm.rules.canonical import decimal_words

Shape = type[serializers.Serializer[Any]]


class Text(serializers.CharField):
    """Text as text. White space, emptiness and length are the action's to judge."""

    default_error_messages = {"not_text": _("Write this as text.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"allow_blank": True, "trim_whitespace": False} | kwargs))

    def to_internal_value(self, data: Any) -> str:
        """Return the text; anything else is a fault."""
        if not isinstance(data, str):
            self.fail("not_text")
        return str(super().to_internal_value(data))


class Id(serializers.UUIDField):
    """An opaque id."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the UUID of its usual written form."""
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=str(data)[:40])
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number, from 0 unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": 2**31 - 1} | kwargs))

    def to_internal_value(self, data: Any) -> int:
        """Return the number; text and yes/no are faults."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(data)


class YesNo(serializers.BooleanField):
    """True or false, nothing that resembles it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value."""
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:40])
        return bool(data)


@extend_schema_field({"type": "string", "pattern": r"^-?\d{1,16}(\.\d{1,4})?$", "examples": ["97.5"]})
class Number(serializers.Field):
    """An exact decimal number as a string, such as "97.5"."""

    default_error_messages = {"not_a_string": _('Write the number in quotes, such as "97.5".')}

    def to_internal_value(self, data: Any) -> str:
        """Return the string; the action reads the number."""
        if not isinstance(data, str):
            self.fail("not_a_string")
        return str(data)

    def to_representation(self, value: Decimal) -> str:
        """Return it without needless zeros."""
        return decimal_words(value)


@extend_schema_field(OpenApiTypes.DATETIME)
class Time(serializers.Field):
    """An instant, RFC 3339: UTC out, any offset in."""

    default_error_messages = {
        "not_a_time": _("Write an instant with its offset, such as 2026-04-30T14:00:00Z."),
        "out_of_range": _("This day is too far away. Is the year right?"),
    }

    def to_internal_value(self, data: Any) -> Any:
        """Return the aware instant, from 1900 to 2199."""
        try:
            at = datetime.fromisoformat(data) if isinstance(data, str) and len(data) <= 40 else None
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            self.fail("not_a_time")
        if not FIRST_DAY.year <= at.year <= LAST_DAY.year:
            self.fail("out_of_range")
        return at.astimezone(UTC)

    def to_representation(self, value: datetime) -> str:
        """Return it in UTC with Z."""
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Instant(Time):
    """An instant that the action reads, so that what is wrong with it is said together with all else."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("not_a_time")
        return data


class MoneyParts(serializers.Serializer[Any]):
    """An amount in a currency."""

    amount = Number(help_text="Decimal string")
    currency = Text(help_text="ISO 4217 code", max_length=3)


class Money(MoneyParts):
    """Money: from the row's fields `<name>` and `currency`, null without an amount. `amount` says where the amount is."""

    def __init__(self, *args: Any, amount: str = "amount", **kwargs: Any) -> None:
        options: dict[str, Any] = {"source": "*", "allow_null": True} | kwargs
        super().__init__(*args, **options)
        self.amount_field = amount

    def to_representation(self, instance: Any) -> Any:
        """Return amount and currency, or None."""
        amount = getattr(instance, self.amount_field)
        return None if amount is None else {"amount": format(amount, "f"), "currency": instance.currency}


def money_values(values: dict[str, Any], *, field: str = "amount") -> dict[str, Any]:
    """Return a checked body with its money taken apart into `field` and `currency`, as the actions take it."""
    if field not in values:
        return values
    money = values[field]
    parts = {field: money["amount"], "currency": money["currency"]} if money else {field: None}
    return {name: value for name, value in values.items() if name != field} | parts


MONEY_POINTERS = {"amount": "amount.amount", "currency": "amount.currency"}
"""Where the faults of money stand in a body."""


class Related(serializers.Field):
    """The id of a related row, or the row itself where `expand` names it and the key has the `scope` to read such rows."""

    def __init__(self, shape: Shape, *, scope: str, **kwargs: Any) -> None:
        options: dict[str, Any] = {"source": "*", "read_only": True} | kwargs
        super().__init__(**options)
        self.shape = shape
        self.scope = scope
        self.inner: Any = None

    def to_representation(self, row: Any) -> Any:
        """Return the id as a string, the expanded row, or None. Raises `NotAllowed` for a key without the scope."""
        name = str(self.field_name)
        path = self.context.get("path", "") + name
        if path not in self.context.get("expand", ()):
            related_id = getattr(row, f"{name}_id")
            return None if related_id is None else str(related_id)
        if self.inner is None:
            require_scope(self.context["request"], self.scope)
            self.inner = self.shape(context={**self.context, "path": f"{path}."})
        related = getattr(row, name)
        return None if related is None else self.inner.to_representation(related)


class RelatedExtension(OpenApiSerializerFieldExtension):
    """Describes `Related` in the OpenAPI document."""

    target_class = Related

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """Return: an id, or the row, or null."""
        component = auto_schema.resolve_serializer(self.target.shape, direction)
        return {"oneOf": [{"type": "string", "format": "uuid"}, component.ref, {"type": "null"}]}
