"""Checking the values of custom fields against their definitions."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.checks import Checks
from crm.errors import Refused
from crm.models import CustomField, CustomFieldType
from crm.rules.canonical import decimal_words


def checked_custom(on: str, values: Any, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return `before` with `values` merged in (None removes one), checked against the definitions for `on`.

    Numbers are kept as decimal strings, dates as YYYY-MM-DD. Raises `Invalid` at `custom.<key>`.
    """
    checks = Checks()
    if not isinstance(values, dict):
        checks.add("custom", _("Give an object of keys and values."), code="not_an_object")
        checks.done()
        return {}
    known = {one.key: one for one in CustomField.objects.filter(on=on, archived_at=None)}
    merged = dict(before or {})
    for key, value in values.items():
        field = f"custom.{key}"
        if key not in known:
            checks.add(field, _("There is no custom field with this key."), code="unknown")
        elif value is None:
            merged.pop(key, None)
        else:
            merged[key] = _checked(checks, field, known[key], value)
    for key, definition in known.items():
        if definition.required and before is None and key not in merged:
            checks.add(f"custom.{key}", _("Write something here."), code="required")
    checks.done()
    return merged


def _checked(checks: Checks, field: str, definition: CustomField, value: Any) -> Any:
    match definition.type:
        case CustomFieldType.TEXT:
            return checks.text(field, value, required=False)
        case CustomFieldType.NUMBER:
            number = checks.decimal(field, value)
            return decimal_words(number) if number is not None else None
        case CustomFieldType.DATE:
            day = checks.day(field, value)
            return day.isoformat() if day else None
        case CustomFieldType.CHOICE:
            return checks.choice(field, value, definition.choices)
    if not isinstance(value, bool):
        checks.add(field, _("Say yes or no."), code="not_yes_or_no")
    return bool(value)


def define_custom_fields(definitions: Iterable[tuple[str, str, str, str]]) -> None:
    """Make the custom fields (on, key, label, type) that are not there yet. Raises `Refused` when one has another type."""
    for position, (on, key, label, type_) in enumerate(definitions):
        field, _created = CustomField.objects.get_or_create(
            on=on, key=key, defaults={"label": label, "type": type_, "position": position}
        )
        if field.type != type_:
            raise Refused(
                _("There is a custom field “%(key)s” of another type already. Rename one of the two.") % {"key": key},
                code="custom_field_differs",
            )
