"""Sections: the shared documents of a deal."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from deals.models.deal import Deal

if TYPE_CHECKING:
    from crm.actors import Actor


class SectionKind(models.TextChoices):
    """The sections that exist so far, in the order of the common ground bar after people."""

    PEOPLE = "people", _("People")
    PROBLEM = "problem", _("Problem")
    CRITERIA = "criteria", _("Success")


AGREEABLE = (SectionKind.PROBLEM, SectionKind.CRITERIA)
"""The sections that are agreed; they make up the common ground bar."""


class SectionQuerySet(models.QuerySet["Section"]):
    """Sections, read through their deals."""

    def visible_to(self, actor: "Actor") -> "SectionQuerySet":
        """Return the sections of the actor's deals, within a participant's grant."""
        sections = self.filter(Exists(Deal.objects.visible_to(actor).filter(pk=OuterRef("deal"))))
        if actor.participant and actor.participant.sections is not None:
            sections = sections.filter(kind__in=actor.participant.sections)
        return sections


class Section(models.Model):
    """One section of one deal. Each edit raises `version`; `content_hash` covers what is shared.

    `updated_at` is since when it reads as it does.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="sections")
    kind = models.CharField(max_length=32, choices=SectionKind)
    version = models.PositiveIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    updated_at = models.DateTimeField()

    objects = SectionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deal", "kind"], name="section_once")]

    def __str__(self) -> str:
        return self.kind
