"""What the deals of a stage come to, kept beside them."""

from typing import TYPE_CHECKING, Self

from django.db import models

from crm.models.room import teams_read_by
from deals.models.deal import DealStatus
from deals.models.pipeline import Stage

if TYPE_CHECKING:
    from crm.actors import Actor


class StageTotalQuerySet(models.QuerySet["StageTotal"]):
    """Totals, read by team."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the totals of the teams that the actor reads whole.

        Deals of single rooms elsewhere are not among them: `Room.objects.outside_teams_of(actor)` names those rooms.
        """
        return self.filter(team__in=teams_read_by(actor))


class StageTotal(models.Model):
    """A part of what the deals with one key (`KEY`) come to; all rows of a key together say it.

    Each change of a deal adds its differences as new rows and touches no other, so that nobody waits for anybody in
    the same stage; a job puts the rows of a key together. `deals` counts them, `priced` those with an amount, and
    `amount` is their sum in `currency`. Archived deals are not counted.
    """

    KEY = ("stage_id", "status", "waits_for_client", "team_id", "owner_id", "currency")

    id = models.BigAutoField(primary_key=True)
    stage = models.ForeignKey(Stage, models.CASCADE, related_name="totals", db_index=False)
    status = models.CharField(max_length=8, choices=DealStatus)
    waits_for_client = models.BooleanField()
    team = models.ForeignKey("crm.Team", models.CASCADE, related_name="+")
    owner = models.ForeignKey("crm.User", models.CASCADE, related_name="stage_totals")
    currency = models.CharField(max_length=3)
    deals = models.IntegerField()
    priced = models.IntegerField()
    amount = models.DecimalField(max_digits=30, decimal_places=2)

    objects = StageTotalQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["stage", "status", "waits_for_client", "team", "owner", "currency"], name="stage_total_by_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.deals:+} in {self.stage_id}"
