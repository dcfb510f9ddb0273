"""The canonical content of a section: what both sides see, and nothing else. Hashes, revisions, questions rest on it.

Fields at their default are left out, so that an upgrade that adds a field makes nothing out of date. Shape, schema 1:
`{"problem": {part: [row, …]}}`, `{"criteria": [row, …]}`, `{"people": [row, …]}`; a row is its fields with `id`. Schema 2 adds
the names of a criterion's owners, as they were then; where nobody owns one, it is schema 1 still.
"""

from collections.abc import Callable
from typing import Any

from crm.models import Draftable
from crm.registry import Snapshot
from crm.rules.canonical import canonical_value, content_hash, without_defaults
from deals.models import Criterion, ProblemPart, ProblemStatement, Section, SectionKind, Stakeholder

UNNAMED, NAMED = 1, 2
"""The schemas: without the names of owners, and with them."""

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
OWNER_NAMES = ("buyer_owner", "seller_owner")
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
    rows = Criterion.objects.shared().filter(section=section).select_related(*OWNER_NAMES)
    return {"criteria": [row_content(row, CRITERION_FIELDS) | _names(row) for row in rows]}


def _names(row: Criterion) -> dict[str, Any]:
    owners = {field: getattr(row, field) for field in OWNER_NAMES}
    return {field: owner.name for field, owner in owners.items() if owner}


def _people(section: Section) -> dict[str, Any]:
    rows = Stakeholder.objects.shared().filter(section=section)
    return {"people": [row_content(row, STAKEHOLDER_FIELDS) for row in rows]}


_CONTENTS: dict[str, Callable[[Section], dict[str, Any]]] = {
    SectionKind.PROBLEM: _problem,
    SectionKind.CRITERIA: _criteria,
    SectionKind.PEOPLE: _people,
}


def section_snapshot(section: Section) -> Snapshot:
    """Return what a section says now to everybody in the room, with its hash.

    What was written before names were part of it keeps its old hash until it changes, so that a yes to it stands.
    """
    content = _CONTENTS[section.kind](section)
    unnamed = _snapshot(_without_names(content), UNNAMED)
    named = _snapshot(content, NAMED)
    return unnamed if unnamed.content == named.content or unnamed.content_hash == section.content_hash else named


def _without_names(content: dict[str, Any]) -> dict[str, Any]:
    rows = content.get("criteria")
    if rows is None:
        return content
    return {"criteria": [{key: row[key] for key in row if key not in OWNER_NAMES} for row in rows]}


def _snapshot(content: dict[str, Any], schema: int) -> Snapshot:
    plain = canonical_value(content)
    if not isinstance(plain, dict):
        raise TypeError("The content of a section is a mapping.")
    return Snapshot(content=plain, schema=schema, content_hash=content_hash(plain, schema=schema))


EMPTY_HASHES = {
    SectionKind.PROBLEM: content_hash({"problem": {}}, schema=UNNAMED),
    SectionKind.CRITERIA: content_hash({"criteria": []}, schema=UNNAMED),
    SectionKind.PEOPLE: content_hash({"people": []}, schema=UNNAMED),
}
"""The hash of each section before anybody has written in it."""
