"""Words that were not kept when two people had changed the same ones: nothing vanishes."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef

from crm.ids import new_id
from crm.models import Authored, Side, private_rows_of
from deals.models.section import Section

if TYPE_CHECKING:
    from crm.actors import Actor


class SetAsideQuerySet(models.QuerySet["SetAside"]):
    """Words set aside, read through their section."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return what was shared in the actor's sections, and what the actor's own side had not shared."""
        sections = Section.objects.visible_to(actor).filter(pk=OuterRef("section"))
        return self.filter(Exists(sections)).filter(private_rows_of(actor))


class SetAside(Authored):
    """One field of a row as somebody wrote it, left out when both versions were looked at.

    `row_id` is the row of the section, `by_…` whose words they are, `written_at` when they were written. What stood in
    the row is seen by whoever saw the row; what was never saved by the writer's own side (`private_to`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    section = models.ForeignKey(Section, models.CASCADE, related_name="set_aside")
    row_id = models.UUIDField()
    field = models.CharField(max_length=32)
    words = models.TextField()
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    written_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = SetAsideQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["section", "created_at"], name="set_aside_by_section")]

    def __str__(self) -> str:
        return self.words[:80]
