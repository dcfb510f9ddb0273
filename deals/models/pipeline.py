"""Pipelines, their stages, and the gates to leave a stage."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.ids import new_id

if TYPE_CHECKING:
    from crm.actors import Actor


class PipelineQuerySet(models.QuerySet["Pipeline"]):
    """Pipelines, which all staff read."""

    def visible_to(self, actor: "Actor") -> "PipelineQuerySet":
        """Return every pipeline for staff, none for participants."""
        return self if actor.is_seller else self.none()

    def in_use(self) -> "PipelineQuerySet":
        """Return those that new deals begin in."""
        return self.filter(archived_at=None)


class Pipeline(models.Model):
    """A way from first talk to a close. Default and Short are seeded; administrators can make others.

    New deals begin in those that are in use, in the first unless another is chosen; deals in an archived one finish in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=64, unique=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One stage. `question` is what the buyer answers by moving on; `answer_roles` who must (empty: any one buyer).

    Guidance for whoever works in it: `good` (what good looks like), `usual_days`, `steps` ({text, condition, above}: a
    condition of `deals.rules.guidance`, and the amount that one needs) and `material` ({title, url}).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=400)
    position = models.PositiveIntegerField()
    answer_roles: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=32), default=list, blank=True
    )
    recorded_is_enough = models.BooleanField(default=True)
    good = models.TextField(blank=True, db_default="")
    usual_days = models.PositiveSmallIntegerField(null=True, blank=True)
    steps: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, db_default=[], blank=True
    )
    material: "models.JSONField[list[dict[str, str]], list[dict[str, str]]]" = models.JSONField(
        default=list, db_default=[], blank=True
    )
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        ordering = ["pipeline", "position"]
        constraints = [models.UniqueConstraint(fields=["pipeline", "position"], name="stage_position_once")]

    def __str__(self) -> str:
        return self.name


class StageGate(models.Model):
    """One gate to leave a stage; `code` names it in the catalogue of the registry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="gates")
    code = models.CharField(max_length=64)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["stage", "position"]
        constraints = [models.UniqueConstraint(fields=["stage", "code"], name="stage_gate_once")]

    def __str__(self) -> str:
        return self.code
