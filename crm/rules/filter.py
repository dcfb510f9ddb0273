"""The language of filters: conditions on fields, all or any of which must hold. Read from an address, from JSON, and written back.

In an address it is short: `status:is:open;close_on:in:this-quarter;any(amount:at_least:100000;owner:is:me)`. Conditions are
FIELD:OPERATOR:VALUE,VALUE joined by `;`, all of which must hold; `any(…)` and `all(…)` group. `; : , ( ) %` in a value are
written as in addresses, `%3B`. In JSON a group is `{"all": […]}` or `{"any": […]}`, a condition
`{"field": …, "op": …, "values": […]}`.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import unquote

from crm.rules.period import period

MOST_CONDITIONS = 30
MOST_VALUES = 50
LONGEST = 200
"""Characters of one value at most."""
DEEPEST = 4
"""Groups in groups at most."""
_RESERVED = str.maketrans({mark: f"%{ord(mark):02X}" for mark in "%;:,()"})
_LARGEST = Decimal(10) ** 15
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


class FieldType(StrEnum):
    """What a field holds, which decides how it is compared, shown and typed."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    TIME = "time"
    CHOICE = "choice"
    YES_NO = "yes_no"


_NUMBER = {"is": 1, "at_least": 1, "at_most": 1, "between": 2}
_DAY = {"in": 1, "before": 1, "after": 1, "between": 2}
OPERATORS: dict[FieldType, dict[str, int]] = {
    FieldType.TEXT: {"has": 1, "has_not": 1, "is": 1},
    FieldType.NUMBER: _NUMBER,
    FieldType.MONEY: _NUMBER,
    FieldType.DAY: {**_DAY, "is": 1},
    FieldType.TIME: _DAY,
    FieldType.CHOICE: {"is": MOST_VALUES, "is_not": MOST_VALUES},
    FieldType.YES_NO: {"is": 1},
}
"""The operators of each type, with how many values they take: for a choice from one up to so many."""
SEARCHING = ("has", "has_not")
"""The operators that look through texts, which is dear and therefore counted."""
OF_EMPTINESS = {"empty": 0, "filled": 0}
"""The operators of every field that may be empty."""


class FilterFault(ValueError):
    """A filter that cannot be read. `code` is stable, `at` what it is about."""

    def __init__(self, code: str, at: str = "") -> None:
        super().__init__(f"{code}: {at}")
        self.code = code
        self.at = at[:80]


@dataclass(frozen=True)
class Condition:
    """One condition; `values` as they were written."""

    field: str
    op: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Conditions and groups, all or any of which must hold. An empty one holds always."""

    mode: Literal["all", "any"] = "all"
    parts: "tuple[Condition | Group, ...]" = ()

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def conditions(self) -> list[Condition]:
        """All conditions in it, however deep."""
        found: list[Condition] = []
        for part in self.parts:
            found += [part] if isinstance(part, Condition) else part.conditions
        return found


def parse(text: str) -> Group:
    """Read a filter from an address. Raises `FilterFault`."""
    parts, rest = _parts(text, 0) if text else ((), "")
    if rest:
        raise FilterFault("syntax", rest)
    return checked(Group("all", parts))


def text_of(group: Group) -> str:
    """Write a filter for an address: what `parse` reads back as the same."""
    if group.mode == "any" and len(group.parts) > 1:
        return _group_text(group)
    return ";".join(_text(part) for part in group.parts)


def from_json(data: Any) -> Group:
    """Read a filter from JSON; nothing at all is the empty filter. Raises `FilterFault`."""
    if data in (None, {}):
        return Group()
    part = _from_json(data, 0)
    return checked(Group("all", (part,)) if isinstance(part, Condition) else part)


def to_json(group: Group) -> dict[str, Any]:
    """Write a filter as JSON."""
    return {group.mode: [_to_json(part) for part in group.parts]}


def checked(group: Group) -> Group:
    """Return the same filter in its plain form: no group in a group of its kind, none of one part; outermost `all`.

    Raises `FilterFault` for one with too many conditions or too long values.
    """
    conditions = group.conditions
    if len(conditions) > MOST_CONDITIONS:
        raise FilterFault("too_many", str(MOST_CONDITIONS))
    for one in conditions:
        if len(one.values) > MOST_VALUES or any(len(value) > LONGEST for value in one.values):
            raise FilterFault("too_long", one.field)
        if any("\x00" in value or not _is_text(value) for value in (one.field, *one.values)):
            raise FilterFault("syntax", one.op)
    plain = _plain(group)
    return plain if isinstance(plain, Group) and plain.mode == "all" else Group("all", (plain,))


def _is_text(value: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _plain(part: Condition | Group) -> Condition | Group:
    if isinstance(part, Condition):
        return part
    parts: list[Condition | Group] = []
    for inner in map(_plain, part.parts):
        if isinstance(inner, Group) and (inner.mode == part.mode or not inner):
            parts += inner.parts
        else:
            parts.append(inner)
    return parts[0] if len(parts) == 1 else Group(part.mode, tuple(parts))


def _parts(text: str, depth: int) -> tuple[tuple[Condition | Group, ...], str]:
    """Read parts joined by `;` up to the end or a `)`; return them and what follows."""
    if depth > DEEPEST:
        raise FilterFault("too_deep")
    found: list[Condition | Group] = []
    while True:
        mode: Literal["all", "any"] = "any" if text.startswith("any(") else "all"
        if text.startswith(f"{mode}("):
            inner, text = _parts(text[len(mode) + 1 :], depth + 1)
            if not text.startswith(")"):
                raise FilterFault("syntax", text)
            found.append(Group(mode, inner))
            text = text[1:]
        else:
            end = min((at for at in (text.find(";"), text.find(")")) if at >= 0), default=len(text))
            found.append(_condition(text[:end]))
            text = text[end:]
        if not text.startswith(";"):
            return tuple(found), text
        text = text[1:]


def _condition(text: str) -> Condition:
    field, *rest = text.split(":", 2)
    if not field or not rest or not rest[0] or "(" in text:
        raise FilterFault("syntax", text)
    values = rest[1].split(",") if len(rest) > 1 else []
    return Condition(unquote(field), unquote(rest[0]), tuple(unquote(one) for one in values))


def _text(part: Condition | Group) -> str:
    if isinstance(part, Group):
        return _group_text(part)
    field, op, *values = (one.translate(_RESERVED) for one in (part.field, part.op, *part.values))
    return f"{field}:{op}:{','.join(values)}" if values else f"{field}:{op}"


def _group_text(group: Group) -> str:
    return f"{group.mode}({';'.join(_text(part) for part in group.parts)})"


def _from_json(data: Any, depth: int) -> Condition | Group:
    if depth > DEEPEST:
        raise FilterFault("too_deep")
    if not isinstance(data, dict):
        raise FilterFault("syntax")
    for mode in ("all", "any"):
        if set(data) == {mode}:
            parts = data[mode]
            if not isinstance(parts, list) or (depth and not parts):
                raise FilterFault("syntax", mode)
            return Group(mode, tuple(_from_json(one, depth + 1) for one in parts))
    values = data.get("values", [])
    words = [data.get("field"), data.get("op")]
    is_whole = {"field", "op"} <= set(data) <= {"field", "op", "values"} and isinstance(values, list)
    if not is_whole or not all(isinstance(one, str) and one for one in words):
        raise FilterFault("syntax", "field, op, values")
    if not all(isinstance(one, str) for one in values):
        raise FilterFault("not_text", str(data["field"]))
    return Condition(str(data["field"]), str(data["op"]), tuple(values))


def _to_json(part: Condition | Group) -> dict[str, Any]:
    if isinstance(part, Group):
        return to_json(part)
    return {"field": part.field, "op": part.op, "values": list(part.values)}


def values_of(condition: Condition, type_: FieldType, *, may_be_empty: bool, today: date) -> list[Any]:
    """Return what a condition compares with: texts, numbers, truth values; first and last day for a period.

    Raises `FilterFault` for an operator that the type does not have, another number of values, or one that cannot be read.
    """
    operators = OPERATORS[type_] | (OF_EMPTINESS if may_be_empty else {})
    if condition.op not in operators:
        raise FilterFault("operator", condition.op)
    count = operators[condition.op]
    if not (1 <= len(condition.values) <= count if count == MOST_VALUES else len(condition.values) == count):
        raise FilterFault("count", str(count))
    if condition.op == "in":
        return list(period(condition.values[0], today) or _refuse("period", condition.values[0]))
    return [_value(type_, words) for words in condition.values]


def _value(type_: FieldType, words: str) -> Any:
    match type_:
        case FieldType.NUMBER | FieldType.MONEY:
            return _number(words)
        case FieldType.DAY | FieldType.TIME:
            return _day(words)
        case FieldType.YES_NO:
            return {"yes": True, "no": False}.get(words) if words in ("yes", "no") else _refuse("yes_no", words)
    return words or _refuse("count", "1")


def _number(words: str) -> Decimal:
    try:
        number = Decimal(words)
    except InvalidOperation:
        number = Decimal("NaN")
    return number if number.is_finite() and abs(number) <= _LARGEST else _refuse("not_a_number", words)


def _day(words: str) -> date:
    try:
        day = date.fromisoformat(words)
    except ValueError:
        raise FilterFault("not_a_day", words) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        _refuse("not_a_day", words)
    return day


def _refuse(code: str, at: str) -> Any:
    raise FilterFault(code, at)


def part_at(group: Group, path: tuple[int, ...]) -> Condition | Group | None:
    """Return the part at a path of places, None where there is none."""
    part: Condition | Group = group
    for place in path:
        if not isinstance(part, Group) or not 0 <= place < len(part.parts):
            return None
        part = part.parts[place]
    return part


def replaced(group: Group, path: tuple[int, ...], part: Condition | Group | None) -> Group:
    """Return the filter with another part at `path`, or without it (None). A path that leads nowhere changes nothing."""
    return checked(_replaced(group, path, part)) if path and part_at(group, path) else group


def _replaced(group: Group, path: tuple[int, ...], part: Condition | Group | None) -> Group:
    place, *deeper = path
    old = group.parts[place]
    new = _replaced(old, tuple(deeper), part) if deeper and isinstance(old, Group) else part
    between = (new,) if new else ()  # without its only part a group is gone: an empty one would hold always
    return Group(group.mode, (*group.parts[:place], *between, *group.parts[place + 1 :]))


def added(group: Group, path: tuple[int, ...], condition: Condition) -> Group:
    """Return the filter with one condition more: as well as the others, or instead of the part at `path`."""
    if not path:
        return checked(Group("all", (group, condition)))
    old = part_at(group, path)
    return replaced(group, path, Group("any", (old, condition))) if old else group
