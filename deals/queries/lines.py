"""The content of a snapshot in words, line by line: for differences, receipts, and whoever reads a revision again."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm import formats
from crm.clock import today
from crm.registry import Line
from deals.models import Criterion, Direction, Frequency, Period, ProblemPart, Weight

_CHOICES = {"direction": Direction, "frequency": Frequency, "weight": Weight}
_NUMBERS = ("baseline", "target")
_DAYS = ("baseline_on", "due_on")
_PEOPLE = ("buyer_owner_id", "seller_owner_id")


def lines_of_problem(content: dict[str, Any]) -> list[Line]:
    """Return one line for each statement, under its heading, with its figure and who said it."""
    parts = content.get("problem", {})
    return [
        Line(row["id"], ProblemPart(part).label, _statement(row))
        for part in ProblemPart.values
        for row in parts.get(part, ())
    ]


def _statement(row: dict[str, Any]) -> str:
    words = str(row.get("text", ""))
    if row.get("amount"):
        amount = formats.money(Decimal(row["amount"]), row.get("currency", ""), formats.babel_locale())
        words += " " + (f"{amount} {Period(row['period']).label}" if row.get("period") else amount) + "."
    about = [row.get("source", ""), row.get("said_by", ""), _day(row["said_on"]) if row.get("said_on") else ""]
    said = ", ".join(filter(None, about))
    return f"{words} ({said})" if said else words


def lines_of_criteria(content: dict[str, Any]) -> list[Line]:
    """Return one line for the title of each criterion, and one for each thing that is said of it."""
    names = {field.name: field.verbose_name for field in Criterion._meta.get_fields() if hasattr(field, "verbose_name")}
    lines = []
    for row in content.get("criteria", ()):
        title = str(row.get("title", ""))
        lines.append(Line(row["id"], _("Criterion"), title))
        for field, value in row.items():
            if field not in ("id", "title", *_PEOPLE):
                label = f"{title}, {names[field]!s}"
                lines.append(Line(f"{row['id']}.{field}", label, _criterion_value(row, field, value)))
    return lines


def _criterion_value(row: dict[str, Any], field: str, value: Any) -> str:
    if field in _CHOICES:
        return str(_CHOICES[field](value).label)
    if field in _NUMBERS:
        return formats.number(Decimal(value), formats.babel_locale(), row.get("unit", ""))
    return _day(value) if field in _DAYS else str(value)


def lines_of_move(content: dict[str, Any]) -> list[Line]:
    """Return where a move leads."""
    move = content.get("stage_move", {})
    to_stage = move.get("to")
    words = to_stage["name"] if to_stage else _("We work together from here on.")
    return [Line("to", _("Next"), words), Line("from", _("From"), move.get("from", {}).get("name", ""))]


def _day(value: str) -> str:
    return formats.day(date.fromisoformat(value), today(), formats.babel_locale())
