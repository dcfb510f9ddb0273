"""What a stage says to whoever works in it: an administrator's words. They bind nobody and open no gate."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import Words
from crm.events.record import record
from crm.rules.canonical import decimal_words
from deals.actions.stage import lock_stage
from deals.models import Stage
from deals.rules.guidance import Condition

MOST_ROWS = 20
MOST_DAYS = 1000


@transaction.atomic
def change_guidance(*, actor: Actor, stage_id: UUID, version: int, values: dict[str, Any]) -> Stage:
    """Change some of: good, usual_days, steps (text, condition, above), material (title, url). The lists are whole.

    Raises `Invalid` at the field, `Stale`.
    """
    check_admin(actor)
    pipeline, stage = lock_stage(stage_id)
    check_version(stage, version)
    changed = save_changes(stage, _checked(values))
    if changed:
        data = {"pipeline": str(pipeline.pk), "name": stage.name, "fields": changed}
        record("stage.changed", actor=actor, room=None, subject=stage, data=data)
    return stage


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        match field:
            case "good":
                clean[field] = checks.text(field, value, required=False, limit=2000)
            case "usual_days":
                clean[field] = _days(checks, value)
            case "steps":
                clean[field] = [_step(checks, at, row) for at, row in _rows(checks, field, value)]
            case "material":
                clean[field] = [_link(checks, at, row) for at, row in _rows(checks, field, value)]
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean


def _days(checks: Checks, value: Any) -> int | None:
    days = checks.decimal("usual_days", value, required=False, places=0, lowest=Decimal(1))
    if days is not None and days > MOST_DAYS:
        checks.add("usual_days", _("At most %(most)s days.") % {"most": MOST_DAYS}, code="out_of_range")
        return None
    return int(days) if days is not None else None


def _rows(checks: Checks, field: str, value: Any) -> list[tuple[int, Mapping[str, Any]]]:
    rows = value if isinstance(value, list) else [None]
    if not all(isinstance(row, Mapping) for row in rows):
        checks.add(field, _("Give a list."), code="not_a_list")
        return []
    if len(rows) > MOST_ROWS:
        checks.add(field, _("At most %(most)s of them.") % {"most": MOST_ROWS}, code="too_many")
    return list(enumerate(rows[:MOST_ROWS], start=1))


def _step(checks: Checks, at: int, row: Mapping[str, Any]) -> dict[str, str]:
    part = Checks()
    text = part.line("steps", row.get("text"))
    condition = part.choice("steps", row.get("condition"), [one.value for one in Condition], required=False)
    above = None
    if condition == Condition.AMOUNT:
        above = part.amount("steps", row.get("above"))
    _numbered(checks, part, _("Step %(at)s: %(words)s"), at)
    return {"text": text, "condition": condition, "above": decimal_words(above) if above is not None else ""}


def _link(checks: Checks, at: int, row: Mapping[str, Any]) -> dict[str, str]:
    part = Checks()
    url = part.line("material", row.get("url"), limit=2000)
    title = part.line("material", row.get("title"))
    try:
        if url:
            URLValidator(schemes=["https", "http"])(url)
    except ValidationError:
        part.add("material", _("Give a whole address, with https:// in front."), code="not_a_url")
    _numbered(checks, part, _("Material %(at)s: %(words)s"), at)
    return {"title": title, "url": url}


def _numbered(checks: Checks, part: Checks, sentence: Words, at: int) -> None:
    """Count the faults of one row with the rest, with the number of the row."""
    for fault in part.faults:
        checks.add(fault.field, sentence % {"at": at, "words": fault.message}, code=fault.code)
