"""Custom fields: an administrator defines them, and their values are checked against the definitions."""

from collections.abc import Iterable
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.errors import NotFound, Refused
from crm.events.record import record
from crm.models import CustomField, CustomFieldOn, CustomFieldType
from crm.rules.canonical import decimal_words

KEY_LIMIT = 64


def checked_custom(checks: Checks, on: str, values: Any, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return `before` with `values` merged in (None removes one), checked against the definitions for `on`.

    Numbers are kept as decimal strings, dates as YYYY-MM-DD. Faults are at `custom.<key>`.
    """
    if not isinstance(values, dict):
        checks.add("custom", _("Give an object of keys and values."), code="not_an_object")
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


@transaction.atomic
def create_custom_field(*, actor: Actor, values: dict[str, Any]) -> CustomField:
    """Define a custom field, behind the others. `values`: on, key (empty: from the label), type (these stay), label, choices, required.

    Raises `Invalid` at the field.
    """
    check_admin(actor)
    checks = Checks()
    on = checks.choice("on", values.get("on"), CustomFieldOn.values)
    label = values.get("label")
    made = slugify(label)[:KEY_LIMIT].replace("-", "_") if isinstance(label, str) else ""
    key = checks.line("key", values.get("key") or made, limit=KEY_LIMIT)
    type_ = checks.choice("type", values.get("type"), CustomFieldType.values)
    if key and not _is_key(key):
        checks.add("key", _("Letters, digits, - and _ only."), code="not_a_key")
    elif CustomField.objects.filter(on=on, key=key).exists():
        checks.add("key", _("There is a custom field with this key already."), code="taken")
    clean = _checked_definition(checks, type_, values)
    checks.done()
    last = CustomField.objects.filter(on=on).order_by("-position").first()
    position = last.position + 1 if last else 0
    field = CustomField.objects.create(on=on, key=key, type=type_, position=position, **clean)
    record("custom_field.created", actor=actor, room=None, subject=field)
    return field


@transaction.atomic
def change_custom_field(*, actor: Actor, custom_field_id: UUID, version: int, values: dict[str, Any]) -> CustomField:
    """Change some of: label, choices, required. Values that are there stay. Raises `Invalid` at the field, `Stale`."""
    check_admin(actor)
    field = _lock(custom_field_id)
    checks = Checks()
    kept = {"label": field.label, "choices": field.choices, "required": field.required}
    clean = _checked_definition(checks, field.type, kept | values)
    checks.done()
    check_version(field, version)
    if changed := save_changes(field, clean):
        record("custom_field.changed", actor=actor, room=None, subject=field, data={"fields": changed})
    return field


@transaction.atomic
def archive_custom_field(*, actor: Actor, custom_field_id: UUID) -> CustomField:
    """Take a custom field out of use; its values stay where they are."""
    check_admin(actor)
    field = _lock(custom_field_id)
    if field.archived_at is None:
        field.archived_at = now()
        field.save(update_fields=["archived_at"])
        record("custom_field.archived", actor=actor, room=None, subject=field)
    return field


@transaction.atomic
def restore_custom_field(*, actor: Actor, custom_field_id: UUID) -> CustomField:
    """Take a custom field into use again, with the values it had."""
    check_admin(actor)
    field = _lock(custom_field_id)
    if field.archived_at is not None:
        field.archived_at = None
        field.save(update_fields=["archived_at"])
        record("custom_field.restored", actor=actor, room=None, subject=field)
    return field


@transaction.atomic
def move_custom_field(*, actor: Actor, custom_field_id: UUID, to: Literal["earlier", "later"]) -> CustomField:
    """Let a custom field change places with the one before or after it that is in use. At the end it stays where it is."""
    check_admin(actor)
    field = _lock(custom_field_id)
    others = CustomField.objects.select_for_update(of=("self",), no_key=True).filter(on=field.on, archived_at=None)
    order = list(others)
    if field not in order:
        raise Refused(_("This field is out of use."), code="archived")
    here = order.index(field)
    there = here - 1 if to == "earlier" else here + 1
    if not 0 <= there < len(order):
        return field
    order[here], order[there] = order[there], order[here]
    for position, one in enumerate(order):
        one.position = position
    CustomField.objects.bulk_update(order, ["position"])
    record("custom_field.changed", actor=actor, room=None, subject=field, data={"fields": ["position"]})
    return order[there]


def _lock(custom_field_id: UUID) -> CustomField:
    field = CustomField.objects.select_for_update(of=("self",), no_key=True).filter(pk=custom_field_id).first()
    if field is None:
        raise NotFound
    return field


def _is_key(key: str) -> bool:
    try:
        validate_slug(key)
    except ValidationError:
        return False
    return True


def _checked_definition(checks: Checks, type_: str, values: dict[str, Any]) -> dict[str, Any]:
    typed = values.get("choices") or []
    choices = list(dict.fromkeys(checks.line("choices", one) for one in typed))
    if type_ == CustomFieldType.CHOICE and not choices:
        checks.add("choices", _("Give the choices."), code="required")
    return {
        "label": checks.line("label", values.get("label")),
        "choices": choices if type_ == CustomFieldType.CHOICE else [],
        "required": bool(values.get("required")),
    }
