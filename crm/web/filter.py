"""The filters above a list: each condition as a tag in words, and the editor of one. All of it by addresses, without a script."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm import formats
from crm.actors import Actor
from crm.clock import now
from crm.errors import Words
from crm.queries.filter import check_condition, unreadable
from crm.record_kinds import ME, RecordField
from crm.rules.filter import MOST_VALUES, Condition, FieldType, FilterFault, Group, added, part_at, replaced, text_of
from crm.rules.period import OFFERED
from crm.web.forms import NumberField
from crm.web.look import Look

OPERATOR_WORDS: dict[str, Words] = {
    "is": _("is"),
    "is_not": _("is not"),
    "has": _("contains"),
    "has_not": _("does not contain"),
    "at_least": _("is at least"),
    "at_most": _("is at most"),
    "between": _("is between"),
    "in": _("is in"),
    "before": _("is before"),
    "after": _("is after"),
    "empty": _("is empty"),
    "filled": _("is filled in"),
}
_SAID: dict[str, Words] = {
    "is": "%(value)s",
    "is_not": _("not %(value)s"),
    "has": _("contains “%(value)s”"),
    "has_not": _("without “%(value)s”"),
    "at_least": _("at least %(value)s"),
    "at_most": _("at most %(value)s"),
    "between": _("%(value)s to %(last)s"),
    "in": "%(value)s",
    "before": _("before %(value)s"),
    "after": _("after %(value)s"),
    "empty": _("empty"),
    "filled": _("filled in"),
}
"""How a condition reads behind the name of its field."""
_PERIODS: dict[str, Words] = {
    "today": _("today"),
    "this-week": _("this week"),
    "next-week": _("next week"),
    "last-week": _("last week"),
    "this-month": _("this month"),
    "next-month": _("next month"),
    "last-month": _("last month"),
    "this-quarter": _("this quarter"),
    "next-quarter": _("next quarter"),
    "last-quarter": _("last quarter"),
    "this-year": _("this year"),
    "next-year": _("next year"),
    "last-year": _("last year"),
    "next-7-days": _("the next 7 days"),
    "next-30-days": _("the next 30 days"),
    "next-90-days": _("the next 90 days"),
    "last-7-days": _("the last 7 days"),
    "last-30-days": _("the last 30 days"),
    "last-90-days": _("the last 90 days"),
}
PERIODS = [(name, _PERIODS[name]) for name in OFFERED]
QUICK = ("this-quarter", "next-quarter", "next-30-days")
"""The periods of a day that are one click away."""
_KEPT = ("form", "view", "sort", "columns", "q", "pipeline")
_NEW, _OR = "new", "or"


@dataclass(frozen=True)
class Tag:
    """One condition in words, with where changing it and taking it out lead."""

    path: str
    label: Words
    words: str
    edit: str
    without: str


@dataclass(frozen=True)
class Editor:
    """The condition being edited at `path`; without a `field` this is still to choose.

    `remove` leads to the list without it, `either` to an alternative to it ("" for a new one).
    """

    path: str
    fields: Sequence[RecordField]
    field: RecordField | None = None
    op: str = ""
    values: Sequence[str] = ()
    options: Sequence[tuple[str, Words]] = ()
    remove: str = ""
    either: str = ""
    fault: Words = ""

    @property
    def operators(self) -> list[tuple[str, Words]]:
        """The ways in which the field can be compared."""
        return [(one, OPERATOR_WORDS[one]) for one in self.field.operators] if self.field else []

    @property
    def controls(self) -> str:
        """What is typed or chosen: none, options, period, days, numbers, texts."""
        if self.field is None or self.op in ("empty", "filled"):
            return "none"
        if self.field.type in (FieldType.CHOICE, FieldType.YES_NO):
            return "options"
        if self.op == "in":
            return "period"
        return "days" if self.field.type in (FieldType.DAY, FieldType.TIME) else "words"

    @property
    def pair(self) -> list[str]:
        """The values of the controls: two for a range."""
        count = 2 if self.op == "between" else 1
        return [*self.values, "", ""][:count]

    @property
    def periods(self) -> list[tuple[str, Words]]:
        """Periods to choose from, the one chosen even if it is none of those usually offered."""
        more = [(one, one) for one in self.values if one not in _PERIODS and self.op == "in"]
        return [*PERIODS, *more]

    @property
    def quick(self) -> list[tuple[str, Words]]:
        """Periods that are one click away."""
        is_day = self.field is not None and self.field.type == FieldType.DAY
        return [(name, _PERIODS[name]) for name in QUICK] if is_day else []


@dataclass(frozen=True)
class FilterBar:
    """All conditions: each of `groups` must hold, any of the tags in it; with the path of one more such tag.

    `hidden` is what the editor's form carries along.
    """

    groups: Sequence[tuple[str, Sequence[Tag]]]
    editor: Editor | None
    hidden: Sequence[tuple[str, str]]
    add: str
    clear: str


def submitted_filter(request: HttpRequest, look: Look) -> str | None:
    """Return where a condition that was applied leads; None when none was, or it cannot be taken yet."""
    if "apply" not in request.GET and "period" not in request.GET:
        return None
    editor = _typed(request, look)
    if editor.fault or editor.field is None:
        return None
    condition = Condition(editor.field.name, editor.op, tuple(editor.values))
    group, path = look.view.group, editor.path
    if path == _NEW:
        group = added(group, (), condition)
    elif path.endswith(_OR):
        group = added(group, _path(path.removesuffix(_OR)), condition)
    else:
        group = replaced(group, _path(path), condition)
    return look.address(where=text_of(group))


def filter_bar(request: HttpRequest, actor: Actor, look: Look) -> FilterBar:
    """Return the tags, and the editor where the address opens it."""
    group = look.view.group
    names = _names(actor, look, group)
    return FilterBar(
        groups=[_tags(look, group, place, names) for place in range(len(group.parts))],
        editor=_editor(request, actor, look),
        hidden=[("where", text_of(group)), *((one, str(look.query[one])) for one in _KEPT if look.query.get(one))],
        add=look.address(where=text_of(group), edit=_NEW),
        clear=look.address(where=""),
    )


def _tags(look: Look, group: Group, place: int, names: dict[str, dict[str, str]]) -> tuple[str, list[Tag]]:
    """Return the path of an alternative to one part, and the tags of the part."""
    part, either = group.parts[place], f"{place}.{_OR}"
    if isinstance(part, Condition):
        return either, [_tag(look, group, (place,), names)]
    return either, [_tag(look, group, (place, deep), names) for deep in range(len(part.parts))]


def _tag(look: Look, group: Group, path: tuple[int, ...], names: dict[str, dict[str, str]]) -> Tag:
    part = part_at(group, path)
    text, where = ".".join(map(str, path)), text_of(group)
    without = look.address(where=text_of(replaced(group, path, None)))
    if isinstance(part, Condition):
        label = look.fields[part.field].label
        return Tag(
            text, label, said(part, look.fields[part.field], names), look.address(where=where, edit=text), without
        )
    inner = part.conditions if part else []
    words = " + ".join(f"{look.fields[one.field].label}: {said(one, look.fields[one.field], names)}" for one in inner)
    return Tag(text, _("All of"), words, "", without)


def said(condition: Condition, field: RecordField, names: dict[str, dict[str, str]]) -> str:
    """Return a condition in words, without the name of its field."""
    values = [_value(one, field, condition.op, names.get(field.name, {})) for one in condition.values]
    pair = {"value": values[0] if values else "", "last": values[-1] if values else ""}
    if field.type == FieldType.CHOICE:
        pair["value"] = str(_(" or ")).join(values)
    return str(_SAID[condition.op] % pair)


def _value(words: str, field: RecordField, op: str, names: dict[str, str]) -> str:
    locale = formats.babel_locale()
    if op == "in":
        return str(_PERIODS.get(words, words.replace("-", " ")))
    if field.type in (FieldType.DAY, FieldType.TIME):
        return formats.day(date.fromisoformat(words), timezone.localdate(now()), locale)
    if field.is_number:
        return formats.number(Decimal(words), locale)
    if words == ME and field.is_person:
        return str(_("me"))
    return names.get(words, str(_("somebody or something that is gone")) if field.is_id else words)


def _names(actor: Actor, look: Look, group: Group) -> dict[str, dict[str, str]]:
    """Return what the values of the fields with options are called."""
    used = (look.fields[name] for name in {one.field for one in group.conditions})
    return {one.name: {value: str(label) for value, label in one.options(actor)} for one in used if one.options}


def _path(text: str) -> tuple[int, ...]:
    places = [one for one in text.split(".") if one]
    return tuple(map(int, places)) if all(one.isascii() and one.isdigit() and len(one) < 4 for one in places) else ()


def _editor(request: HttpRequest, actor: Actor, look: Look) -> Editor | None:
    if "edit" not in request.GET:
        return None
    editor = _typed(request, look)
    options = list(editor.field.options(actor)) if editor.field and editor.field.options else []
    if editor.field and editor.field.is_person:
        options = [(ME, _("Whoever looks")), *options]
    is_new = editor.path == _NEW or editor.path.endswith(_OR)
    where = text_of(look.view.group)
    remove = look.address(where=where if is_new else text_of(replaced(look.view.group, _path(editor.path), None)))
    is_sent = "apply" in request.GET or "period" in request.GET
    return replace(
        editor,
        options=options,
        remove=remove,
        either="" if is_new else look.address(where=where, edit=f"{editor.path.partition('.')[0]}.{_OR}"),
        fault=editor.fault if is_sent else "",
    )


def _typed(request: HttpRequest, look: Look) -> Editor:
    """Return the editor with what was typed, or else with the condition it opens."""
    query, path = request.GET, request.GET.get("edit", _NEW)[:20]
    part = part_at(look.view.group, _path(path)) if path != _NEW and not path.endswith(_OR) else None
    old = part if isinstance(part, Condition) else None
    if old is None and path != _NEW and not path.endswith(_OR):
        path = _NEW
    known = [one for one in look.fields.values() if one.can_filter]
    field = look.fields.get(query.get("field", old.field if old else ""))
    if field is None or not field.can_filter:
        return Editor(path, known, fault=_("Choose a field."))
    op = query.get("op", old.op if old and old.field == field.name else "")
    op = "in" if "period" in query else op if op in field.operators else next(iter(field.operators))
    if "field" in query:
        values = [query["period"]] if "period" in query else _sent(query.getlist("value")[:MOST_VALUES], field)
    else:
        values = list(old.values) if old else []
    values = [] if op in ("empty", "filled") else values
    return Editor(path, known, field, op, values, fault=_fault(Condition(field.name, op, tuple(values)), look))


def _sent(values: list[str], field: RecordField) -> list[str]:
    """Return what was typed as a filter holds it: numbers in one notation."""
    typed = [one.strip() for one in values if one.strip()]
    return [str(NumberField().clean(one)) for one in typed] if field.is_number else typed


def _fault(condition: Condition, look: Look) -> Words:
    try:
        check_condition(condition, look.fields)
    except FilterFault as fault:
        return _("Say what to compare with.") if fault.code == "count" else unreadable(fault).message
    return ""
