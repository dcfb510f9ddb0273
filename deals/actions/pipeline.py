"""Pipelines: an administrator's. Changes apply at each open deal's next move."""

from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crm.actions.team import check_admin
from crm.actions.version import LOOK_AGAIN, check_version, save_changes
from crm.actors import Actor
from crm.checks import Checks, checked_id
from crm.clock import now
from crm.errors import NotFound, Refused
from crm.events.record import record
from deals.models import Pipeline, Stage, StageGate

SLUG_LIMIT = 64


@transaction.atomic
def create_pipeline(*, actor: Actor, name: str, like: UUID | str) -> Pipeline:
    """Make a pipeline with the stages and gates of another, in the last place. Raises `Invalid` at `name` or `like`."""
    check_admin(actor)
    checks = Checks()
    name = _name(checks, name, None)
    like_id = checked_id(checks, "like", like)
    source = Pipeline.objects.filter(pk=like_id).first() if like_id else None
    if source is None:
        checks.add("like", _("Choose one."), code="required")
    checks.done()
    pipeline = Pipeline.objects.create(name=name, slug=_new_slug(name), position=_lock_all()[-1].position + 1)
    for stage in Stage.objects.filter(pipeline=source).prefetch_related("gates"):
        copy_stage(stage, pipeline)
    record("pipeline.created", actor=actor, room=None, subject=pipeline, data={"name": name})
    return pipeline


def copy_stage(stage: Stage, pipeline: Pipeline) -> None:
    """Put a stage with its gates into another pipeline, at the same place."""
    gates = [StageGate(code=gate.code, position=gate.position) for gate in stage.gates.all()]
    stage.pk, stage.pipeline, stage.version = None, pipeline, 1
    stage.pk = Stage._meta.pk.get_default()
    stage.save(force_insert=True)
    for gate in gates:
        gate.stage = stage
    StageGate.objects.bulk_create(gates)


@transaction.atomic
def change_pipeline(
    *, actor: Actor, pipeline_id: UUID, version: int, name: str, place: int | str | None = None
) -> Pipeline:
    """Rename a pipeline, and give it a `place` among all (from 1; None: where it is). Its slug stays. Raises `Stale`."""
    check_admin(actor)
    all_of_them = _lock_all()
    pipeline = lock_pipeline(pipeline_id)
    check_version(pipeline, version)
    checks = Checks()
    name = _name(checks, name, pipeline)
    if place is not None and str(place) not in map(str, range(1, len(all_of_them) + 1)):
        checks.add("place", _("Choose one."), code="not_a_place")
    checks.done()
    changed = save_changes(pipeline, {"name": name})
    if place is not None and _put(pipeline, all_of_them, int(place) - 1):
        changed.append("position")
    if changed:
        record("pipeline.changed", actor=actor, room=None, subject=pipeline, data={"fields": changed, "name": name})
    return pipeline


@transaction.atomic
def archive_pipeline(*, actor: Actor, pipeline_id: UUID, version: int) -> Pipeline:
    """Let no new deal begin in a pipeline; the deals that are in it go on. Raises `Refused` for the last one, `Stale`."""
    check_admin(actor)
    _lock_all()
    pipeline = lock_pipeline(pipeline_id)
    check_version(pipeline, version, LOOK_AGAIN)
    if pipeline.archived_at is not None:
        return pipeline
    if not Pipeline.objects.in_use().exclude(pk=pipeline.pk).exists():
        raise Refused(_("New deals begin in this pipeline, and there is no other. Make another one first."))
    save_changes(pipeline, {"archived_at": now()})
    record("pipeline.archived", actor=actor, room=None, subject=pipeline)
    return pipeline


@transaction.atomic
def restore_pipeline(*, actor: Actor, pipeline_id: UUID, version: int) -> Pipeline:
    """Let new deals begin in a pipeline again. Raises `Stale`."""
    check_admin(actor)
    pipeline = lock_pipeline(pipeline_id)
    check_version(pipeline, version, LOOK_AGAIN)
    if save_changes(pipeline, {"archived_at": None}):
        record("pipeline.restored", actor=actor, room=None, subject=pipeline)
    return pipeline


def lock_pipeline(pipeline_id: UUID) -> Pipeline:
    """Lock a pipeline, and with it the order of its stages. Raises `NotFound`."""
    pipeline = Pipeline.objects.select_for_update(of=("self",), no_key=True).filter(pk=pipeline_id).first()
    if pipeline is None:
        raise NotFound
    return pipeline


def _lock_all() -> list[Pipeline]:
    """Lock all pipelines, in one order for everybody, and return them as they stand."""
    locked = Pipeline.objects.order_by("pk").select_for_update(of=("self",), no_key=True)
    return sorted(locked, key=lambda one: (one.position, one.name))


def _put(pipeline: Pipeline, all_of_them: list[Pipeline], place: int) -> bool:
    """Put a pipeline at a place and count all anew; return whether it moved."""
    ids = [one.pk for one in all_of_them]
    if ids.index(pipeline.pk) == place:
        return False
    others = [pk for pk in ids if pk != pipeline.pk]
    for position, pk in enumerate([*others[:place], pipeline.pk, *others[place:]]):
        Pipeline.objects.filter(pk=pk).update(position=position)
    return True


def _name(checks: Checks, value: str, pipeline: Pipeline | None) -> str:
    name = checks.line("name", value)
    same = Pipeline.objects.filter(name__iexact=name)
    if name and (same.exclude(pk=pipeline.pk) if pipeline else same).exists():
        checks.add("name", _("Another pipeline has this name."), code="taken")
    return name


def _new_slug(name: str) -> str:
    """Return the name for addresses and integrations, with a number where another pipeline has it."""
    base = slugify(name)[: SLUG_LIMIT - 4] or "pipeline"
    taken = set(Pipeline.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, 999))) if slug not in taken)
