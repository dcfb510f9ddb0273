"""Pipelines, their stages, and the gates to leave a stage."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.ids import new_id


class Pipeline(models.Model):
    """A way from first talk to a close. Default and Short are seeded; administrators can make others."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=64, unique=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Stage(models.Model):
    """One stage. `question` is what the buyer answers by moving on; `answer_roles` who must (empty: any one buyer)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=400)
    position = models.PositiveIntegerField()
    answer_roles: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=32), default=list, blank=True
    )
    recorded_is_enough = models.BooleanField(default=True)

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
