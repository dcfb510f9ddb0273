"""Filters in the database: a filter of `crm.rules.filter` narrows rows that the actor sees already."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.actors import Actor
from crm.clock import now
from crm.errors import Invalid, Words
from crm.queries.record import Fields
from crm.record_kinds import ME, RecordField
from crm.rules.filter import Condition, FieldType, FilterFault, Group, from_json, parse, values_of

_FAULTS: dict[str, Words] = {
    "syntax": _("This filter cannot be read from here on: “%(at)s”."),
    "too_many": _("A filter has at most %(at)s conditions."),
    "too_deep": _("This filter has too many groups in groups."),
    "too_long": _("A value of “%(at)s” is too long."),
    "not_text": _("Write the values of “%(at)s” as texts."),
    "unknown_field": _("There is no field “%(at)s” here, or it cannot be filtered."),
    "operator": _("This field cannot be compared by “%(at)s”."),
    "count": _("A condition has too few or too many values."),
    "period": _("There is no period “%(at)s”. For example: this-quarter, next-30-days."),
    "not_a_number": _("“%(at)s” is not a number. For example: 100000."),
    "not_a_day": _("There is no day “%(at)s”. Write year, month and day, as in 2026-04-30."),
    "not_a_choice": _("“%(at)s” is none of the values of this field."),
    "yes_no": _("Say yes or no."),
}


def unreadable(fault: FilterFault, field: str = "where") -> Invalid:
    """Return the refusal of a filter, in words."""
    return Invalid.field(field, _FAULTS[fault.code] % {"at": fault.at}, code=f"filter.{fault.code}")


def read_filter(text: str, fields: Fields) -> Group:
    """Read a filter from an address. Raises `Invalid` at `where`, for a field or value that does not fit too."""
    return _checked(lambda: parse(text), fields)


def check_filter(data: Any, fields: Fields) -> Group:
    """Read a filter from JSON. Raises `Invalid` at `where`."""
    return _checked(lambda: from_json(data), fields)


def _checked(read: Callable[[], Group], fields: Fields) -> Group:
    try:
        group = read()
        for condition in group.conditions:
            check_condition(condition, fields)
    except FilterFault as fault:
        raise unreadable(fault) from fault
    return group


def check_condition(condition: Condition, fields: Fields) -> None:
    """Check that a condition fits the field it names. Raises `FilterFault`."""
    field = fields.get(condition.field)
    if field is None or not field.can_filter:
        raise FilterFault("unknown_field", condition.field)
    compared(condition, field, None)


def filtered(actor: Actor, rows: QuerySet[Any], group: Group, fields: Fields) -> QuerySet[Any]:
    """Narrow `rows` by a filter. Raises `Invalid` at `where` when a field in it is gone or a value does not fit."""
    try:
        for condition in group.conditions:
            check_condition(condition, fields)
        used = {condition.field for condition in group.conditions}
        names = {name: f"filter_{place}" for place, name in enumerate(fields) if name in used}
        aliases = {names[name]: fields[name].expression for name in used}
        found: QuerySet[Any] = rows.alias(**aliases)
        return found.filter(_group(group, lambda one: _q(one, fields[one.field], names[one.field], actor)))
    except FilterFault as fault:
        raise unreadable(fault) from fault


def _group(part: Condition | Group, q: Callable[[Condition], Q]) -> Q:
    if isinstance(part, Condition):
        return q(part)
    found = Q()
    for one in part.parts:
        inner = _group(one, q)
        found = found & inner if part.mode == "all" else found | inner
    return found


def compared(condition: Condition, field: RecordField, actor: Actor | None) -> list[Any]:
    """Return the values of a condition as the column holds them. Raises `FilterFault`."""
    values = values_of(condition, field.type, may_be_empty=field.blank, today=timezone.localdate(now()))
    if field.type != FieldType.CHOICE:
        return values
    if field.is_id:
        return [_id(field, words, actor) for words in values]
    wrong = [words for words in values if field.values and words not in field.values]
    if wrong:
        raise FilterFault("not_a_choice", wrong[0])
    return [field.values.get(words, words) for words in values]


def _id(field: RecordField, words: str, actor: Actor | None) -> UUID | None:
    if words == ME and field.is_person:
        return actor.user.pk if actor and actor.user else None
    try:
        return UUID(words)
    except ValueError:
        raise FilterFault("not_a_choice", words) from None


def _q(condition: Condition, field: RecordField, name: str, actor: Actor) -> Q:
    values = compared(condition, field, actor)
    empty = Q(**{f"{name}__isnull": True})
    match condition.op:
        case "empty":
            return empty
        case "filled":
            return ~empty
        case "has":
            return Q(**{f"{name}__icontains": values[0]})
        case "has_not":
            return empty | ~Q(**{f"{name}__icontains": values[0]})
        case "is_not":
            return empty | ~Q(**{f"{name}__in": values})
        case "is" if field.type == FieldType.CHOICE:
            return Q(**{f"{name}__in": values})
        case "is" if field.type == FieldType.TEXT:
            return Q(**{f"{name}__iexact": values[0]})
        case "is":
            return Q(**{name: values[0]})
    return _range(condition.op, field, name, sorted(values))


def _range(op: str, field: RecordField, name: str, values: list[Any]) -> Q:
    first, last = values[0], values[-1]
    if field.type == FieldType.TIME:
        first, last = _start(first), _start(last + timedelta(days=1))
        below = {"in": "lt", "between": "lt"}
        after = ("gte", last)
    else:
        below = {}
        after = ("gt", first)
    match op:
        case "before":
            return Q(**{f"{name}__lt": first})
        case "after":
            return Q(**{f"{name}__{after[0]}": after[1]})
        case "at_least":
            return Q(**{f"{name}__gte": first})
        case "at_most":
            return Q(**{f"{name}__lte": first})
    return Q(**{f"{name}__gte": first, f"{name}__{below.get(op, 'lte')}": last})


def _start(day: date) -> datetime:
    """Return the moment at which a day begins for the reader."""
    return timezone.make_aware(datetime.combine(day, time()))
