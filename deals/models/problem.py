"""The problem definition, written with the buyer as statements under fixed headings."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Draftable, DraftableQuerySet, Side, one_draft_each
from crm.models.words import SearchWords
from deals.models.section import Section

if TYPE_CHECKING:
    from crm.actors import Actor


class ProblemPart(models.TextChoices):
    """The headings of a problem, in the order they are read."""

    QUOTE = "quote", _("In their own words")
    SITUATION = "situation", _("Situation today")
    IMPACT = "impact", _("Who is hurt, and how much")
    CAUSES = "causes", _("Causes")
    WHY_NOW = "why_now", _("Why now")
    COST = "cost", _("Cost of doing nothing")
    TRIED = "tried", _("What has been tried")
    OUTCOME = "outcome", _("What is wanted instead")
    OUT_OF_SCOPE = "out_of_scope", _("Not part of this")
    DISAGREEMENT = "disagreement", _("Where we see it differently")

    def label_for(self, side: str) -> str:
        """Return the heading as the people of a side read it: what is quoted are the client's own words."""
        own = self is ProblemPart.QUOTE and side == Side.BUYER
        return str(_("In your own words") if own else self.label)


SPOKEN = (ProblemPart.QUOTE, ProblemPart.DISAGREEMENT)
"""Under these headings stands what somebody said: their words and nobody else's."""


class Period(models.TextChoices):
    """How often an amount falls due."""

    ONCE = "once", _("once")
    MONTH = "month", _("each month")
    QUARTER = "quarter", _("each quarter")
    YEAR = "year", _("each year")


STATEMENT_WORDS = SearchWords("text", "said_by")
"""The words by which a statement is found."""


class ProblemStatementQuerySet(DraftableQuerySet["ProblemStatement"]):
    """Statements, read through their section."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return what the actor's side sees in the actor's sections."""
        sections = Section.objects.visible_to(actor).filter(pk=OuterRef("section"))
        return self.filter(Exists(sections)).seen_by_side(actor)


class ProblemStatement(Draftable):
    """One statement.

    A cost has `amount`, `currency` and `period`; a quote or a disagreement says whose words (`said_by`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="statements")
    part = models.CharField(max_length=16, choices=ProblemPart)
    text = models.TextField()
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    period = models.CharField(max_length=8, choices=Period, blank=True)
    source = models.CharField(max_length=400, blank=True, help_text=_("Where the figure comes from."))
    said_by = models.CharField(max_length=200, blank=True)
    said_on = models.DateField(null=True, blank=True)
    replaces = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="drafts")

    objects = ProblemStatementQuerySet.as_manager()

    class Meta:
        ordering = ["position", "created_at", "id"]
        indexes = [
            models.Index(fields=["section", "position"], name="statement_by_section"),
            GinIndex(STATEMENT_WORDS, name="statement_by_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount=None) | ~Q(currency=""), name="statement_amount_has_currency"),
            *one_draft_each("statement"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    def may_be_changed_by(self, actor: "Actor") -> bool:
        """What somebody said is changed by their side alone.

        A quote that the selling side wrote down is the client's to put right, and anything signed with a name that
        person's; from then on the selling side leaves it alone.
        """
        if self.part not in SPOKEN or actor.is_system:
            return True
        if self.by_side != Side.SELLER:
            return actor.side == self.by_side
        if actor.is_seller:
            return self.changed_by_contact_id is None
        is_signed = bool(self.said_by) and self.said_by == actor.name
        return is_signed or (self.part == ProblemPart.QUOTE and actor.side == Side.BUYER)
