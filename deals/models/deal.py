"""The deal."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class DealStatus(models.TextChoices):
    """Whether a deal is open, and how it ended. Statuses are not stages."""

    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    NO_DEAL = "no_deal", _("No deal by agreement")


class LostTo(models.TextChoices):
    """To whom a deal was lost."""

    COMPETITOR = "competitor", _("Another supplier")
    NOTHING = "nothing", _("They do nothing")
    THEMSELVES = "themselves", _("They do it themselves")


class DealQuerySet(models.QuerySet["Deal"]):
    """Deals, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "DealQuerySet":
        """Return the deals of the rooms the actor may read."""
        return self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))), archived_at=None)

    def open(self) -> "DealQuerySet":
        """Return the deals that are being worked on."""
        return self.filter(status=DealStatus.OPEN)


class Deal(models.Model):
    """One deal in a room. `amount` is in `currency` (ISO 4217). An imported one may lack organisation and amount.

    `team` is always the team of its room: who reads the room reads the deal, and sums by team are what its readers see.
    `waits_for_client` says whether a question about it has no answer yet.
    `ended_reason` says why it ended or pauses, `would_change` what would have to be otherwise; our side alone reads them.
    `talk_again_on` is when both talk again, and `talk_task` its owner's task of that day.
    `success_owner` is the member of customer success who will take over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="deals")
    organization = models.ForeignKey("crm.Organization", models.PROTECT, null=True, blank=True, related_name="deals")
    owner = models.ForeignKey("crm.User", models.PROTECT, related_name="deals")
    team = models.ForeignKey("crm.Team", models.PROTECT, related_name="deals")
    success_owner = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    pipeline = models.ForeignKey("deals.Pipeline", models.PROTECT, related_name="deals")
    stage = models.ForeignKey("deals.Stage", models.PROTECT, related_name="deals")
    stage_entered_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    amount_note = models.CharField(max_length=200, blank=True, help_text=_("For example: over 3 years."))
    close_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=DealStatus, default=DealStatus.OPEN)
    waits_for_client = models.BooleanField(default=False, db_default=False, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True)
    lost_to = models.CharField(max_length=10, choices=LostTo, blank=True, default="", db_default="")
    lost_to_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    would_change = models.TextField(blank=True, default="", db_default="")
    talk_again_on = models.DateField(null=True, blank=True)
    talk_task = models.ForeignKey("crm.Task", models.SET_NULL, null=True, blank=True, editable=False, related_name="+")
    is_imported = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    custom = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = DealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount=None) | Q(amount__gte=0), name="deal_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(lost_to_name="") | Q(lost_to="competitor"), name="deal_competitor_is_lost_to"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="deal_currency_code"),
            models.CheckConstraint(
                condition=(Q(status__in=("open", "paused")) & Q(ended_at=None))
                | (~Q(status__in=("open", "paused")) & Q(ended_at__isnull=False)),
                name="deal_ended_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["stage", "status", "-updated_at", "-id"],
                condition=Q(archived_at=None),
                name="deal_by_stage",
            ),
            models.Index(
                fields=["team", "stage", "status", "-updated_at", "-id"],
                condition=Q(archived_at=None),
                name="deal_by_team_and_stage",
            ),
            models.Index(
                fields=["stage", "status", "-updated_at", "-id"],
                condition=Q(archived_at=None, waits_for_client=True),
                name="deal_waiting_by_stage",
            ),
            models.Index(fields=["owner", "-updated_at", "-id"], name="deal_by_owner"),
            models.Index(fields=["team", "-updated_at", "-id"], name="deal_by_team"),
            models.Index(fields=["-updated_at", "-id"], name="deal_by_change"),
            GinIndex(OpClass(Upper("title"), "gin_trgm_ops"), name="deal_titled"),
            models.Index(fields=["close_on", "id"], condition=Q(archived_at=None), name="deal_by_close"),
            models.Index(
                F("amount").desc(nulls_last=True),
                F("id").desc(),
                condition=Q(archived_at=None),
                name="deal_largest_first",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it is being worked on."""
        return self.status == DealStatus.OPEN

    @property
    def has_ended(self) -> bool:
        """Whether it was won, lost or agreed not to be."""
        return self.ended_at is not None
