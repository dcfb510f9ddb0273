"""The content of a brief and of a reached goal in words, line by line: for questions, differences and receipts."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm import formats
from crm.clock import now, today
from crm.registry import Line
from deals.models import SectionKind


def lines_of_brief(content: dict[str, Any]) -> list[Line]:
    """Return one line for each agreed item, under the name of its group."""
    return [
        Line(row["id"], SectionKind(group).label if group in SectionKind.values else group, _item(row))
        for group, rows in content.get("brief", {}).items()
        for row in rows
    ]


def _item(row: dict[str, Any]) -> str:
    title, body = str(row.get("title", "")), str(row.get("body", ""))
    return body if body.startswith(title.removesuffix("…")) else f"{title}: {body}" if body else title


def lines_of_reached(content: dict[str, Any]) -> list[Line]:
    """Return what was aimed at, by when, and the number that reached it."""
    facts = content.get("goal_reached", {})
    unit, locale = facts.get("unit", ""), formats.babel_locale()
    lines = [Line("title", _("Goal"), str(facts.get("title", "")))]
    if facts.get("counted_as"):
        lines.append(Line("counted_as", _("What is counted"), facts["counted_as"]))
    for field, label in (("baseline", _("From")), ("target", _("Target")), ("value", _("Measured"))):
        if field in facts and "target" in facts:
            lines.append(Line(field, label, formats.number(Decimal(facts[field]), locale, unit)))
    if "due_on" in facts:
        due = formats.day(date.fromisoformat(facts["due_on"]), today(), locale)
        lines.append(Line("due_on", _("Due"), due))
    if "measured_at" in facts:
        at = datetime.fromisoformat(facts["measured_at"])
        zone = timezone.get_current_timezone()
        lines.append(Line("measured_at", _("Measured on"), formats.when(at, now(), zone, locale)))
    return lines
