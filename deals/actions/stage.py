"""The stages of a pipeline and the gates to leave them: an administrator's. Changes apply at each open deal's next move."""

from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from crm.actions.team import check_admin
from crm.actions.version import LOOK_AGAIN, check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks
from crm.errors import NotFound, Refused
from crm.events.record import record
from deals.actions.pipeline import lock_pipeline
from deals.models import Deal, Pipeline, Stage, StageGate, StageMove, StakeholderRole, Waiver
from deals.queries.gate import CATALOGUE

MOST_STAGES = 20


@transaction.atomic
def create_stage(*, actor: Actor, pipeline_id: UUID, values: dict[str, Any]) -> Stage:
    """Add a stage behind the last one of a pipeline. `values`: name, question, answer_roles, recorded_is_enough, gates.

    Raises `Invalid` at the field, `Refused` when the pipeline is full.
    """
    check_admin(actor)
    pipeline = lock_pipeline(pipeline_id)
    stages = list(pipeline.stages.all())
    if len(stages) >= MOST_STAGES:
        raise Refused(_("A pipeline has at most %(most)s stages.") % {"most": MOST_STAGES}, code="too_many")
    clean, gates = _checked({"name": "", "question": "", "recorded_is_enough": True, **values}, pipeline, None)
    stage = Stage.objects.create(pipeline=pipeline, position=stages[-1].position + 1, **clean)
    _save_gates(stage, gates or [])
    _told(actor, pipeline, stage, "added")
    return stage


@transaction.atomic
def change_stage(*, actor: Actor, stage_id: UUID, version: int, values: dict[str, Any]) -> Stage:
    """Change some of: name, question, answer_roles (empty: any one buyer), recorded_is_enough, gates (codes, in order).

    Raises `Invalid` at the field, `Stale`.
    """
    check_admin(actor)
    pipeline, stage = lock_stage(stage_id)
    check_version(stage, version)
    clean, gates = _checked(values, pipeline, stage)
    changed = save_changes(stage, clean)
    if gates is not None and _save_gates(stage, gates):
        if not changed:
            stage.version += 1
            stage.save(update_fields=["version"])
        changed.append("gates")
    if changed:
        data = {"pipeline": str(pipeline.pk), "name": stage.name, "fields": changed}
        record("stage.changed", actor=actor, room=None, subject=stage, data=data)
    return stage


@transaction.atomic
def move_stage(*, actor: Actor, stage_id: UUID, version: int, to: Literal["earlier", "later"]) -> Stage:
    """Let a stage change places with the one before or after it. `version` is the pipeline's. Raises `Stale`.

    Deals stay in their stage; what lies ahead of them follows the new order.
    """
    check_admin(actor)
    pipeline, stage = lock_stage(stage_id)
    check_version(pipeline, version, LOOK_AGAIN)
    stages = list(pipeline.stages.order_by("position"))
    here = stages.index(stage)
    there = here - 1 if to == "earlier" else here + 1
    if not 0 <= there < len(stages):
        raise Refused(_("It stands there already."), code="at_the_end")
    other = stages[there]
    free = stages[-1].position + 1
    for one, position in ((stage, free), (other, stage.position), (stage, other.position)):
        Stage.objects.filter(pk=one.pk).update(position=position)
    _told(actor, pipeline, stage, "moved")
    return stage


@transaction.atomic
def remove_stage(*, actor: Actor, stage_id: UUID, version: int) -> None:
    """Take a stage out that no deal was ever in. `version` is the pipeline's. Raises `Refused`, `Stale`.

    A stage that a deal stands in, came from or went to stays: its name is part of what was agreed there.
    """
    check_admin(actor)
    pipeline, stage = lock_stage(stage_id, whole=True)
    check_version(pipeline, version, LOOK_AGAIN)
    if pipeline.stages.count() == 1:
        raise Refused(_("A pipeline has at least one stage."), code="last_stage")
    if deals := deals_that_know(stage):
        words = ngettext(
            "%(count)s deal is in this stage or was asked about it, and its record names it. Rename it, take its gates away, or make "
            "a pipeline without it and let new deals begin there.",
            "%(count)s deals are in this stage or were asked about it, and their record names it. Rename it, take its gates away, or "
            "make a pipeline without it and let new deals begin there.",
            deals,
        )
        raise Refused(words % {"count": deals}, code="stage_has_deals")
    _told(actor, pipeline, stage, "removed")
    stage.delete()


def deals_that_know(stage: Stage) -> int:
    """Return how many deals are in a stage, moved or were asked to move from or to it, or let one of its gates pass."""
    in_it = Deal.objects.filter(stage=stage).order_by().values("pk")
    moved = StageMove.objects.filter(from_stage=stage).union(StageMove.objects.filter(to_stage=stage))
    waived = Waiver.objects.filter(stage=stage).order_by().values("deal")
    return len(
        {row["pk"] for row in in_it} | set(moved.values_list("deal", flat=True)) | {row["deal"] for row in waived}
    )


def lock_stage(stage_id: UUID, *, whole: bool = False) -> tuple[Pipeline, Stage]:
    """Lock a stage, its pipeline before it: the order of stages is one thing. The `whole` stage: no deal comes in meanwhile.

    Raises `NotFound`.
    """
    found = Stage.objects.filter(pk=stage_id).values_list("pipeline", flat=True).first()
    if found is None:
        raise NotFound
    pipeline = lock_pipeline(found)
    stage = Stage.objects.select_for_update(of=("self",), no_key=not whole).filter(pk=stage_id).first()
    if stage is None:
        raise NotFound
    return pipeline, stage


def _told(actor: Actor, pipeline: Pipeline, stage: Stage, did: str) -> None:
    """Record what happened to the order of the stages, and give the pipeline a new version."""
    pipeline.version += 1
    pipeline.save(update_fields=["version"])
    data = {"did": did, "stage": str(stage.pk), "name": stage.name}
    record("pipeline.changed", actor=actor, room=None, subject=pipeline, data=data)


def _checked(
    values: dict[str, Any], pipeline: Pipeline, stage: Stage | None
) -> tuple[dict[str, Any], list[str] | None]:
    """Return the checked fields, and the codes of the gates where they were given."""
    checks = Checks()
    clean: dict[str, Any] = {}
    gates = None
    for field, value in values.items():
        match field:
            case "name":
                clean[field] = _name(checks, value, pipeline, stage)
            case "question":
                clean[field] = checks.line(field, value, limit=400)
            case "answer_roles":
                clean[field] = checks.choices(field, value, StakeholderRole.values)
            case "recorded_is_enough":
                clean[field] = bool(value)
            case "gates":
                gates = checks.choices(field, value, CATALOGUE)
            case _:
                checks.add(field, _("There is no such field."), code="unknown")
    checks.done()
    return clean, gates


def _name(checks: Checks, value: Any, pipeline: Pipeline, stage: Stage | None) -> str:
    name = checks.line("name", value)
    same = pipeline.stages.filter(name__iexact=name)
    if name and (same.exclude(pk=stage.pk) if stage else same).exists():
        checks.add("name", _("Another stage of this pipeline has this name."), code="taken")
    return name


def _save_gates(stage: Stage, codes: list[str]) -> bool:
    """Put these gates in the place of those that are there; return whether that changed anything."""
    if list(stage.gates.order_by("position").values_list("code", flat=True)) == codes:
        return False
    stage.gates.exclude(code__in=codes).delete()
    for position, code in enumerate(codes):
        StageGate.objects.update_or_create(stage=stage, code=code, defaults={"position": position})
    return True
