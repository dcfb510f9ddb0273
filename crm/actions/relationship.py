"""Saying how well we know an organisation, with what that rests on."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.organization import check_may_keep_directory, lock_organization
from crm.actions.version import check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.clock import now
from crm.events.record import record
from crm.models import Organization, Relationship, RelationshipLevel

MOST = 12
"""Lines of evidence, and of what is missing, at most."""


@transaction.atomic
def state_relationship(*, actor: Actor, organization_id: UUID, version: int, values: dict[str, Any]) -> Organization:
    """Say how well we know an organisation. `values`: level; evidence and missing as lists of lines, at least one of evidence.

    What was said before stays readable. Saying the same again changes nothing. Raises `Invalid` at the field, and `Stale`
    with the statement that stands when the organisation is no longer at `version`.
    """
    check_may_keep_directory(actor)
    organization = lock_organization(actor, organization_id)
    before = organization.relationship or Relationship(organization=organization)
    before.organization = organization
    check_version(before, version)
    clean = _checked({"level": "", "evidence": (), "missing": (), **values})
    if all(getattr(before, field) == value for field, value in clean.items()):
        return organization
    stated = Relationship.objects.create(organization=organization, by=actor.user, at=now(), **clean)
    save_changes(organization, {"relationship": stated})
    data = {"organization": str(organization.pk), "level": stated.level, "before": before.level}
    record("relationship.stated", actor=actor, room=None, subject=stated, data=data)
    return organization


def take_over_relationship(*, actor: Actor, organization: Organization, relationship_id: str | None) -> None:
    """Let a locked organisation stand where a statement says: that of the entry it is put together with, or none again."""
    stands = {"relationship_id": UUID(relationship_id) if relationship_id else None}
    if save_changes(organization, stands):
        record("organization.changed", actor=actor, room=None, subject=organization, data={"fields": ["relationship"]})


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    checks = Checks()
    clean: dict[str, Any] = {}
    for field, value in values.items():
        if field == "level":
            clean[field] = checks.choice(field, value, RelationshipLevel.values)
        elif field in ("evidence", "missing"):
            clean[field] = _lines(checks, field, value)
        else:
            checks.add(field, _("There is no such field."), code="unknown")
    if not clean["evidence"] and not any(fault.field == "evidence" for fault in checks.faults):
        checks.add(
            "evidence", _("Write down at least one thing that happened and that this rests on."), code="required"
        )
    checks.done()
    return clean


def _lines(checks: Checks, field: str, lines: Sequence[Any]) -> str:
    """Return the lines as they are kept, empty ones left out."""
    clean = [line for one in lines if (line := checks.line(field, one, required=False, limit=300))]
    if len(clean) > MOST:
        words = _("These are %(count)s lines; %(most)s are the most. Keep those that say most.")
        checks.add(field, words % {"count": len(clean), "most": MOST}, code="too_many")
    return "\n".join(clean)
