"""Stage moves: asked for, consented to, executed; and waivers of gates."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm.ids import new_id
from deals.models.deal import Deal
from deals.models.pipeline import Stage

if TYPE_CHECKING:
    from crm.actors import Actor


MOVE = "stage_move"
"""The consent kind of a stage move, and its name where something to ask about is chosen."""


class StageMoveQuerySet(models.QuerySet["StageMove"]):
    """Moves, read through their deals."""

    def visible_to(self, actor: "Actor") -> "StageMoveQuerySet":
        """Return the moves of the actor's deals."""
        return self.filter(Exists(Deal.objects.visible_to(actor).filter(pk=OuterRef("deal"))))

    def open(self) -> "StageMoveQuerySet":
        """Return the moves that can still be carried out."""
        return self.filter(executed_at=None, lapsed_at=None)


class StageMove(models.Model):
    """A move from one stage to another; without `to_stage` it is the close: the yes to it wins the deal.

    One open move per deal, from and to: everybody who is asked answers about the same move. `lapsed_at` is when the deal
    changed its stage otherwise: what was said to the move then counts no more, and going on asks again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="moves")
    from_stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    to_stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    executed_at = models.DateTimeField(null=True, blank=True)
    executed_by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)

    objects = StageMoveQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["deal", "created_at"], name="stage_move_by_deal")]
        constraints = [
            models.UniqueConstraint(
                fields=["deal", "from_stage", "to_stage"],
                condition=Q(executed_at=None, lapsed_at=None),
                name="stage_move_one_open",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(to_stage=None) | ~Q(from_stage=models.F("to_stage")), name="stage_move_goes_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage_id} → {self.to_stage_id}"

    @property
    def is_in_force(self) -> bool:
        """Whether it was carried out, and not undone since."""
        return self.executed_at is not None and self.undone_at is None

    @property
    def is_open(self) -> bool:
        """Whether it can still be carried out."""
        return self.executed_at is None and self.lapsed_at is None


class Waiver(models.Model):
    """A gate that a manager let pass, with the reason. It goes into the handoff as an open risk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="waivers")
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    gate = models.CharField(max_length=64)
    reason = models.TextField()
    waived_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    waived_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "stage", "gate"], name="waiver_once")]

    def __str__(self) -> str:
        return self.gate
