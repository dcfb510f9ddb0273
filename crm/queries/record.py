"""The fields of a kind of record: those the app registered, and the custom fields that an administrator added."""

from typing import Any

from django.db.models import BooleanField, Case, DateField, DecimalField, F, Func, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, NullIf
from django.db.models.lookups import Regex
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.models import CustomField, CustomFieldType
from crm.queries.custom_field import custom_fields, read_custom
from crm.record_kinds import Options, RecordField, RecordKind
from crm.rules.filter import FieldType

Fields = dict[str, RecordField]
CUSTOM = "custom."
"""What the name of a custom field begins with; its key follows."""
YES_NO: Options = (("yes", _("Yes")), ("no", _("No")))

_TYPES = {
    CustomFieldType.TEXT: FieldType.TEXT,
    CustomFieldType.NUMBER: FieldType.NUMBER,
    CustomFieldType.DATE: FieldType.DAY,
    CustomFieldType.CHOICE: FieldType.CHOICE,
    CustomFieldType.YES_NO: FieldType.YES_NO,
}
_KEPT_AS: dict[str, tuple[str, Any]] = {
    CustomFieldType.NUMBER: (r"^-?[0-9]{1,20}(\.[0-9]{1,8})?$", DecimalField(max_digits=30, decimal_places=8)),
    CustomFieldType.DATE: (r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", DateField()),
    CustomFieldType.YES_NO: (r"^(true|false)$", BooleanField()),
}
"""How a value stands in the JSON, and what it is compared as. What stands there otherwise counts as empty."""


def fields_of(actor: Actor, kind: RecordKind, *, custom: bool = True) -> Fields:
    """Return the fields of a kind by name, those of the app first; one query, none without the `custom` ones."""
    defined = custom_fields(actor, kind.name) if custom else []
    return {one.name: one for one in (*kind.fields, *map(_custom, defined))}


def _custom(definition: CustomField) -> RecordField:
    key, type_ = definition.key, definition.type
    choices = [(one, one) for one in definition.choices]
    options: Options = {CustomFieldType.CHOICE: choices, CustomFieldType.YES_NO: YES_NO}.get(CustomFieldType(type_), [])
    return RecordField(
        name=f"{CUSTOM}{key}",
        label=definition.label,
        type=_TYPES[CustomFieldType(type_)],
        column=_column(key, type_),
        read=lambda row: _value(type_, row.custom.get(key)),
        options=(lambda _actor: options) if options else None,
        blank=True,
        change=f"{CUSTOM}{key}",
        bulk=True,
    )


def _column(key: str, type_: str) -> Combinable:
    text = Func(F("custom"), Value(key), function="jsonb_extract_path_text", output_field=TextField())
    if type_ not in _KEPT_AS:
        return NullIf(text, Value(""), output_field=TextField())
    pattern, output = _KEPT_AS[type_]
    return Case(When(Regex(text, Value(pattern)), then=Cast(text, output)), default=None, output_field=output)


def _value(type_: str, kept: Any) -> Any:
    """Return what a row holds; None for nothing, and for what the type cannot hold."""
    if kept in (None, ""):
        return None
    try:
        return read_custom(type_, kept)
    except (ArithmeticError, ValueError, TypeError):
        return None
