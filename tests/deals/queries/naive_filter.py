"""What a filter means, worked out row by row in Python: what the database must say."""

from typing import Any

from django.utils import timezone

from crm.clock import now
from crm.record_kinds import RecordField
from crm.rules.filter import Condition, FieldType, Group, values_of

Held = dict[str, Any]
"""The values of one row by field, as the filter compares them; None for nothing."""


def holds(part: Condition | Group, held: Held, fields: dict[str, RecordField]) -> bool:
    """Whether a row fits."""
    if isinstance(part, Group):
        return (all if part.mode == "all" or not part else any)(holds(one, held, fields) for one in part.parts)
    field = fields[part.field]
    today = timezone.localdate(now())
    values = values_of(part, field.type, may_be_empty=field.blank, today=today)
    return _fits(part.op, field.type, held[part.field], values)


def _fits(op: str, type_: FieldType, value: Any, values: list[Any]) -> bool:
    if op in ("empty", "filled"):
        return (value is None) == (op == "empty")
    if op in ("has_not", "is_not"):
        return value is None or not _fits(op.removesuffix("_not"), type_, value, values)
    if value is None:
        return False
    if type_ == FieldType.TEXT:
        said, words = str(values[0]).lower(), str(value).lower()
        return said in words if op == "has" else said == words
    if op == "is":
        return value in values
    low, high = min(values), max(values)
    found: bool = {
        "before": value < low,
        "at_most": value <= low,
        "after": value > low,
        "at_least": value >= low,
    }.get(op, low <= value <= high)
    return found
