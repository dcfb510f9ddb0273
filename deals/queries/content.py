"""The canonical content of a section: what both sides see, and nothing else. Hashes, revisions, questions rest on it.

Fields at their default are left out, so that an upgrade that adds a field makes nothing out of date. Shape, schema 1:
`{"problem": {part: [row, …]}}`, `{"criteria": [row, …]}`, `{"people": [row, …]}`; a row is its fields with `id`.
"""

from collections.abc import Callable
from typing import Any

from crm.models import Draftable
from crm.registry import Snapshot
from crm.rules.canonical import canonical_value, content_hash, without_defaults
from deals.models import Criterion, ProblemPart, ProblemStatement, Section, SectionKind, Stakeholder

SCHEMA = 1

STATEMENT_FIELDS = ("text", "amount", "currency", "period", "source", "said_by", "said_on")
CRITERION_FIELDS = (
    "title",
    "counted_as",
    "unit",
    "direction",
    "baseline",
    "baseline_on",
    "baseline_source",
    "target",
    "due_on",
    "source",
    "measured_by",
    "frequency",
    "weight",
    "buyer_owner_id",
    "seller_owner_id",
    "leading_indicators",
    "assumptions",
)
STAKEHOLDER_FIELDS = ("side", "contact_id", "user_id", "place", "roles", "wants", "wants_is_quoted", "reports_to_id")


def row_content(row: Draftable, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return one row as it stands in a snapshot."""
    return without_defaults({"id": row.pk, **{field: getattr(row, field) for field in fields}})


def _problem(section: Section) -> dict[str, Any]:
    parts: dict[str, list[dict[str, Any]]] = {part.value: [] for part in ProblemPart}
    for row in ProblemStatement.objects.shared().filter(section=section):
        parts[row.part].append(row_content(row, STATEMENT_FIELDS))
    return {"problem": without_defaults(parts)}


def _criteria(section: Section) -> dict[str, Any]:
    rows = Criterion.objects.shared().filter(section=section)
    return {"criteria": [row_content(row, CRITERION_FIELDS) for row in rows]}


def _people(section: Section) -> dict[str, Any]:
    rows = Stakeholder.objects.shared().filter(section=section)
    return {"people": [row_content(row, STAKEHOLDER_FIELDS) for row in rows]}


_CONTENTS: dict[str, Callable[[Section], dict[str, Any]]] = {
    SectionKind.PROBLEM: _problem,
    SectionKind.CRITERIA: _criteria,
    SectionKind.PEOPLE: _people,
}


def section_snapshot(section: Section) -> Snapshot:
    """Return what a section says now to everybody in the room, with its hash."""
    content = _CONTENTS[section.kind](section)
    plain = canonical_value(content)
    if not isinstance(plain, dict):
        raise TypeError("The content of a section is a mapping.")
    return Snapshot(content=plain, schema=SCHEMA, content_hash=content_hash(content, schema=SCHEMA))


EMPTY_HASHES = {
    SectionKind.PROBLEM: content_hash({"problem": {}}, schema=SCHEMA),
    SectionKind.CRITERIA: content_hash({"criteria": []}, schema=SCHEMA),
    SectionKind.PEOPLE: content_hash({"people": []}, schema=SCHEMA),
}
"""The hash of each section before anybody has written in it."""
