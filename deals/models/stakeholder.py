"""Stakeholders: everybody at the table, from every side, and the places nobody fills yet."""

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models import Draftable, DraftableQuerySet, Side, one_draft_each
from deals.models.section import Section

if TYPE_CHECKING:
    from crm.actors import Actor


class StakeholderRole(models.TextChoices):
    """What somebody does in the deal. Economic buyer holds the budget, as MEDDPICC uses it."""

    ECONOMIC_BUYER = "economic_buyer", _("Holds the budget")
    DECISION_MAKER = "decision_maker", _("Decides")
    CHAMPION = "champion", _("Champion")
    USER = "user", _("User")
    EXPERT = "expert", _("Expert")
    EXECUTIVE = "executive", _("Executive")
    HR = "hr", _("HR")
    ENGINEER = "engineer", _("Engineer")
    LEGAL = "legal", _("Legal")
    PROCUREMENT = "procurement", _("Procurement")
    CUSTOMER_SUCCESS = "customer_success", _("Customer success")
    DELIVERY = "delivery", _("Delivery")


class Influence(models.TextChoices):
    """How much say one side thinks somebody has."""

    LITTLE = "little", _("little say")
    SOME = "some", _("some say")
    STRONG = "strong", _("strong say")


class Attitude(models.TextChoices):
    """How one side thinks somebody stands to it."""

    FOR = "for", _("for it")
    OPEN = "open", _("open")
    CAREFUL = "careful", _("careful")
    AGAINST = "against", _("against it")


class StakeholderQuerySet(DraftableQuerySet["Stakeholder"]):
    """Stakeholders, read through their section."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return what the actor's side sees in the actor's sections."""
        sections = Section.objects.visible_to(actor).filter(pk=OuterRef("section"))
        return self.filter(Exists(sections)).seen_by_side(actor)


class Stakeholder(Draftable):
    """A contact, a user, or a `place` ("their security lead, not yet known") on one `side`, with what they want."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="stakeholders")
    side = models.CharField(max_length=8, choices=Side)
    contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="stakes")
    user = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="stakes")
    place = models.CharField(max_length=200, blank=True)
    roles: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=32, choices=StakeholderRole), default=list, blank=True
    )
    wants = models.TextField(blank=True, help_text=_("What they personally want to get out of it."))
    wants_is_quoted = models.BooleanField(default=False)
    wants_by_side = models.CharField(
        max_length=8, choices=Side, blank=True, db_default="", help_text=_("Whose side wrote down what they want.")
    )
    replaces = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="drafts")
    reports_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="reports")

    objects = StakeholderQuerySet.as_manager()

    class Meta:
        ordering = ["position", "created_at", "id"]
        indexes = [models.Index(fields=["section", "position"], name="stakeholder_by_section")]
        constraints = [
            models.CheckConstraint(
                condition=Q(contact__isnull=False, user=None, place="")
                | Q(contact=None, user__isnull=False, place="")
                | (Q(contact=None, user=None) & ~Q(place="")),
                name="stakeholder_is_one_of_three",
            ),
            models.CheckConstraint(condition=Q(user=None) | Q(side="seller"), name="stakeholder_user_is_seller"),
            *one_draft_each("stakeholder"),
            models.UniqueConstraint(
                fields=["section", "contact"],
                condition=Q(archived_at=None, replaces=None, private_to="", contact__isnull=False),
                name="stakeholder_contact_once",
            ),
            models.UniqueConstraint(
                fields=["section", "user"],
                condition=Q(archived_at=None, replaces=None, private_to="", user__isnull=False),
                name="stakeholder_user_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The person's name, or the name of the place."""
        person = self.contact or self.user
        return person.name if person else self.place

    def fields_of_others(self, actor: "Actor") -> tuple[str, ...]:
        """Return what stands here as the words of somebody of another side.

        Whoever wrote a quote down may put it right, until the side of the person has.
        """
        if not self.wants_is_quoted or actor.is_system or actor.side in (self.side, self.wants_by_side):
            return ()
        return ("wants", "wants_is_quoted")

    @property
    def is_guess(self) -> bool:
        """Whether what they want is what our side thinks: not quoted, and last written by none of the other sides."""
        ours = self.changed_by_user_id or (not self.changed_by_contact_id and self.by_side == Side.SELLER)
        return bool(self.wants and not self.wants_is_quoted and self.side != Side.SELLER and ours)

    @property
    def role_labels(self) -> list[str]:
        """What they do in the deal, in words."""
        return [str(StakeholderRole(role).label) for role in self.roles]


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    """Assessments are never shared: each side reads its own."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the assessments made by the actor's own side."""
        stakeholders = Stakeholder.objects.visible_to(actor).filter(pk=OuterRef("stakeholder"))
        return self.filter(Exists(stakeholders), private_to=actor.side)


class Assessment(models.Model):
    """What one side thinks of a stakeholder's influence and attitude. Stays with that side, and is never a score."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    stakeholder = models.ForeignKey(Stakeholder, models.CASCADE, related_name="assessments")
    private_to = models.CharField(max_length=8, choices=Side)
    influence = models.CharField(max_length=8, choices=Influence, blank=True)
    attitude = models.CharField(max_length=8, choices=Attitude, blank=True)
    note = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stakeholder", "private_to"], name="assessment_once_a_side")]

    def __str__(self) -> str:
        return f"{self.influence} {self.attitude}"
