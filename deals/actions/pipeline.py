"""Pipelines and their stages: an administrator's. Changes apply at each open deal's next move."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound
from crm.events.record import record
from deals.models import Pipeline, Stage, StageGate, StakeholderRole
from deals.queries.gate import CATALOGUE

PLACES = 1000
"""Positions run from 0 to one below this."""


@transaction.atomic
def create_pipeline(*, actor: Actor, values: dict[str, Any]) -> Pipeline:
    """Make a pipeline with its first stage. `values`: name, slug, position, stage, question. Raises `Invalid` at the field."""
    check_admin(actor)
    checks = Checks()
    slug = _slug(checks, values.get("slug"))
    name, position = checks.line("name", values.get("name")), _place(checks, values.get("position"))
    stage = checks.line("stage", values.get("stage"))
    question = checks.line("question", values.get("question"), limit=400)
    checks.done()
    pipeline = Pipeline.objects.create(name=name, slug=slug, position=position)
    Stage.objects.create(pipeline=pipeline, name=stage, question=question, position=0)
    record("pipeline.created", actor=actor, room=None, subject=pipeline)
    return pipeline


@transaction.atomic
def change_pipeline(*, actor: Actor, pipeline_id: UUID, values: dict[str, Any]) -> Pipeline:
    """Rename a pipeline (name) or place it elsewhere (position). Its slug stays."""
    check_admin(actor)
    pipeline = _lock(pipeline_id)
    checks = Checks()
    pipeline.name, pipeline.position = checks.line("name", values.get("name")), _place(checks, values.get("position"))
    checks.done()
    pipeline.save(update_fields=["name", "position"])
    record("pipeline.changed", actor=actor, room=None, subject=pipeline)
    return pipeline


@transaction.atomic
def save_stage(*, actor: Actor, pipeline_id: UUID, values: dict[str, Any], stage_id: UUID | None = None) -> Stage:
    """Add a stage to a pipeline, or change the one with `stage_id`; a stage never leaves its pipeline.

    `values`: name, question, position, answer_roles (empty: any one buyer), recorded_is_enough, gates (codes of the
    catalogue, in order). Raises `Invalid` at the field.
    """
    check_admin(actor)
    pipeline = _lock(pipeline_id)
    stage = Stage.objects.filter(pipeline=pipeline, pk=stage_id).first() if stage_id else Stage(pipeline=pipeline)
    if stage is None:
        raise NotFound
    gates = _fill(stage, values)
    stage.save()
    StageGate.objects.filter(stage=stage).exclude(code__in=gates).delete()
    for position, code in enumerate(gates):
        StageGate.objects.update_or_create(stage=stage, code=code, defaults={"position": position})
    record("pipeline.changed", actor=actor, room=None, subject=pipeline, data={"stage": str(stage.pk)})
    return stage


def _fill(stage: Stage, values: dict[str, Any]) -> list[str]:
    """Put checked values into a stage and return the codes of its gates."""
    checks = Checks()
    stage.name = checks.line("name", values.get("name"))
    stage.question = checks.line("question", values.get("question"), limit=400)
    stage.position = _place(checks, values.get("position"))
    stage.answer_roles = checks.choices("answer_roles", values.get("answer_roles") or [], StakeholderRole.values)
    stage.recorded_is_enough = bool(values.get("recorded_is_enough"))
    gates = checks.choices("gates", values.get("gates") or [], CATALOGUE)
    others = Stage.objects.filter(pipeline=stage.pipeline_id, position=stage.position).exclude(pk=stage.pk)
    if others.exists():
        checks.add("position", _("Another stage of this pipeline has this place."), code="taken")
    checks.done()
    return gates


def _lock(pipeline_id: UUID) -> Pipeline:
    pipeline = Pipeline.objects.select_for_update(of=("self",), no_key=True).filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound
    return pipeline


def _slug(checks: Checks, value: Any) -> str:
    slug = checks.line("slug", value, limit=64)
    try:
        validate_slug(slug or "x")
    except ValidationError:
        checks.add("slug", _("Letters, digits, - and _ only."), code="not_a_slug")
    if Pipeline.objects.filter(slug=slug).exists():
        checks.add("slug", _("Another pipeline has this already."), code="taken")
    return slug


def _place(checks: Checks, value: Any) -> int:
    position = value if isinstance(value, int) else 0
    if not 0 <= position < PLACES:
        checks.add("position", _("A number from 0 to 999."), code="out_of_range")
        return 0
    return position
