"""The content of a snapshot in words: for differences, receipts, the room, and whoever reads a revision again.

`field_words` is the one place that says how the value of a field reads.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from crm import formats
from crm.clock import today
from crm.models import Contact, User
from crm.registry import Line
from deals.models import Direction, Frequency, Period, ProblemPart, Weight
from deals.queries.content import CRITERION_FIELDS

_CHOICES: dict[str, Any] = {"direction": Direction, "frequency": Frequency, "weight": Weight, "period": Period}
_NUMBERS = ("baseline", "target")
_DAYS = ("baseline_on", "due_on", "said_on")
_PEOPLE = ("buyer_owner_id", "seller_owner_id")

Row = Mapping[str, Any]


def field_words(row: Row, field: str, names: Mapping[str, str], value: Any = None) -> str:
    """Return a field of a snapshot's row as people read it; `value` instead of the row's own, for what it was before.

    `names` are people by id (`owner_names`), for rows that do not say the names themselves. Empty for no value.
    """
    value = row.get(field) if value is None else value
    if value in (None, ""):
        return ""
    if field in _CHOICES:
        return str(_CHOICES[field](value).label) if value in _CHOICES[field].values else str(value)
    if field == "amount":
        return formats.money(Decimal(value), str(row.get("currency", "")), formats.babel_locale())
    if field in _NUMBERS:
        return formats.number(Decimal(value), formats.babel_locale(), str(row.get("unit", "")))
    if field in _DAYS:
        return formats.day(date.fromisoformat(str(value)), today(), formats.babel_locale())
    if field in _PEOPLE:
        name = row.get(field.removesuffix("_id")) or names.get(str(value))
        return str(name or _("Somebody who is not here any more"))
    return str(value)


def field_label(field: str) -> str:
    """Return what a field of a row is called; empty for the words of a statement, which need no name."""
    labels = {
        "title": _("Title"),
        "counted_as": _("Counted as"),
        "unit": _("Unit"),
        "direction": _("Direction"),
        "baseline": _("Today"),
        "baseline_on": _("Counted on"),
        "baseline_source": _("Today’s source"),
        "target": _("Target"),
        "due_on": _("By"),
        "source": _("Source"),
        "measured_by": _("Measured by"),
        "frequency": _("How often"),
        "weight": _("Weight"),
        "buyer_owner_id": _("Client’s owner"),
        "seller_owner_id": _("The seller’s owner"),
        "leading_indicators": _("Seen earlier"),
        "assumptions": _("We assume"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "period": _("How often it falls due"),
        "said_by": _("Who says so"),
        "said_on": _("When"),
        "wants": _("What they want to get out of it"),
        "reports_to_id": _("Reports to"),
    }
    return labels.get(field) or labels.get(f"{field}_id", "")


def owner_names(rows: Iterable[Row]) -> dict[str, str]:
    """Return the names of the owners that rows of a snapshot know by their id only, as all did once.

    A query for each side of which there are any.
    """
    rows = list(rows)
    found: dict[str, str] = {}
    for field, people in (("buyer_owner_id", Contact.objects), ("seller_owner_id", User.objects)):
        if ids := {UUID(row[field]) for row in rows if row.get(field) and not row.get(field.removesuffix("_id"))}:
            found |= {str(pk): name for pk, name in people.filter(pk__in=ids).values_list("pk", "name")}
    return found


def statement_words(row: Row) -> str:
    """Return a statement in one text: its words, its figure, who said it or where the figure comes from."""
    words = str(row.get("text", ""))
    if row.get("amount"):
        figure = [field_words(row, "amount", {}), field_words(row, "period", {})]
        words += f": {' '.join(filter(None, figure))}"
    said = ", ".join(filter(None, (field_words(row, name, {}) for name in ("source", "said_by", "said_on"))))
    return f"{words} ({said})" if said else words


def criterion_words(row: Row, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return what is said of a criterion: field, label, words; the title, and the unit beside a number, left out."""
    has_number = any(row.get(name) is not None for name in _NUMBERS)
    left_out = ("title", "unit") if has_number else ("title",)
    said = [
        (name, field_label(name), field_words(row, name, names)) for name in CRITERION_FIELDS if name not in left_out
    ]
    return [one for one in said if one[2]]


def lines_of_problem(content: dict[str, Any]) -> list[Line]:
    """Return one line for each statement, under its heading, with its figure and who said it."""
    parts = content.get("problem", {})
    return [
        Line(row["id"], ProblemPart(part).label, statement_words(row))
        for part in ProblemPart.values
        for row in parts.get(part, ())
    ]


def lines_of_criteria(content: dict[str, Any]) -> list[Line]:
    """Return one line for the title of each criterion, and one for each thing that is said of it."""
    rows = content.get("criteria", ())
    names = owner_names(rows)
    lines = []
    for row in rows:
        title = str(row.get("title", ""))
        lines.append(Line(row["id"], _("Criterion"), title))
        lines += [
            Line(f"{row['id']}.{field}", f"{title}, {label.lower()}", words)
            for field, label, words in criterion_words(row, names)
        ]
    return lines


def lines_of_move(content: dict[str, Any]) -> list[Line]:
    """Return where a move leads."""
    move = content.get("stage_move", {})
    to_stage = move.get("to")
    words = to_stage["name"] if to_stage else _("We work together from here on.")
    return [Line("from", _("From"), move.get("from", {}).get("name", "")), Line("to", _("Next"), words)]
