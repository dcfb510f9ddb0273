"""How a call names what it asks about: `{"kind": "problem", "deal": id}`, `{"kind": "brief", "handoff": id}`, ….

Which names a kind takes is the kind's own matter (`ConsentKind.find`); the ground only passes them on.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.actions.question import Subject
from crm.actors import Actor
from crm.api.endpoint import renamed
from crm.api.fields import Id, Text
from crm.errors import Invalid
from crm.registry import ConsentKind, consent_kinds


class SubjectNaming(serializers.Serializer[Any]):
    """What is asked about: a kind, and the deal, handoff or goal; for a `stage_move` also `to_stage` (null: the close)."""

    kind = Text(max_length=32)
    deal = Id(required=False)
    to_stage = Id(required=False, allow_null=True)
    handoff = Id(required=False)
    goal = Id(required=False)


def named_subjects(actor: Actor, named: Sequence[dict[str, Any]]) -> list[Subject]:
    """Return the subjects that a call names. Raises `Invalid` at `subjects.<n>`, `NotFound` out of sight."""
    found = []
    for index, one in enumerate(named):
        ids: dict[str, UUID | None] = {name: value for name, value in one.items() if name != "kind"}
        try:
            found.append(Subject(one["kind"], _find(actor, one["kind"], ids)))
        except Invalid as error:
            raise renamed(error, f"subjects.{index}") from error
    return found


def _find(actor: Actor, name: str, ids: dict[str, UUID | None]) -> UUID:
    kinds: dict[str, ConsentKind] = {kind.name: kind for kind in consent_kinds()}
    kind = kinds.get(name)
    if kind is None or kind.find is None:
        words = _("Choose one of: %(all)s.") % {"all": ", ".join(sorted(kinds))}
        raise Invalid.field("kind", words, code="not_a_choice")
    return kind.find(actor, ids)
