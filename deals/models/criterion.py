"""Success criteria: what both sides will call a success, measurable."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Draftable, DraftableQuerySet, one_draft_each
from crm.models.words import SearchWords
from deals.models.section import Section
from deals.rules import criterion as rules

if TYPE_CHECKING:
    from crm.actors import Actor


class Direction(models.TextChoices):
    """Which way is better."""

    RAISE = rules.Direction.RAISE.value, _("Raise")
    LOWER = rules.Direction.LOWER.value, _("Lower")
    HOLD = rules.Direction.HOLD.value, _("Hold")
    REACH = rules.Direction.REACH.value, _("Reach (yes or no)")


class Frequency(models.TextChoices):
    """How often it is measured."""

    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")
    QUARTER = "quarter", _("Every quarter")
    YEAR = "year", _("Every year")
    ONCE = "once", _("Once, at the end")


class Weight(models.TextChoices):
    """How much hangs on it."""

    MUST = "must", _("Must have")
    NICE = "nice", _("Nice to have")


CRITERION_WORDS = SearchWords("title", "counted_as", "assumptions")
"""The words by which a criterion is found."""


class CriterionQuerySet(DraftableQuerySet["Criterion"]):
    """Criteria, read through their section."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return what the actor's side sees in the actor's sections."""
        sections = Section.objects.visible_to(actor).filter(pk=OuterRef("section"))
        return self.filter(Exists(sections)).seen_by_side(actor)


class Criterion(Draftable):
    """One criterion.

    Numbers are decimals in `unit`. What is missing for it to be measurable is told by `deals.rules`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="criteria")
    title = models.CharField(max_length=200)
    counted_as = models.TextField(blank=True, help_text=_("The formula, or what exactly is counted."))
    unit = models.CharField(max_length=64, blank=True)
    direction = models.CharField(max_length=8, choices=Direction, blank=True)
    baseline = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    baseline_source = models.CharField(max_length=400, blank=True)
    target = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    source = models.CharField(
        max_length=400, blank=True, help_text=_("From what it is measured: a list, a system, a count.")
    )
    measured_by = models.CharField(max_length=200, blank=True)
    frequency = models.CharField(max_length=8, choices=Frequency, blank=True)
    weight = models.CharField(max_length=4, choices=Weight, default=Weight.MUST)
    buyer_owner = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    seller_owner = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    leading_indicators = models.TextField(blank=True, help_text=_("What is seen earlier, one a line."))
    assumptions = models.TextField(blank=True)
    replaces = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="drafts")

    objects = CriterionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "created_at", "id"]
        indexes = [
            models.Index(fields=["section", "position"], name="criterion_by_section"),
            GinIndex(CRITERION_WORDS, name="criterion_by_words"),
        ]
        constraints = [
            *one_draft_each("criterion"),
        ]

    def __str__(self) -> str:
        return self.title
