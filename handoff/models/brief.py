"""The brief: what is handed over, item by item, and the questions that go back to the rep."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from handoff.models.handoff import Handoff
from handoff.rules import brief as rules
from handoff.rules.brief import RISKS

if TYPE_CHECKING:
    from crm.actors import Actor


class ItemKind(models.TextChoices):
    """Where an item comes from."""

    AGREED = rules.ItemKind.AGREED.value, _("Agreed")
    WAIVER = rules.ItemKind.WAIVER.value, _("Waived")
    LAPSED_CONSENT = rules.ItemKind.LAPSED_CONSENT.value, _("Taken back or contested")
    OPEN_QUESTION = rules.ItemKind.OPEN_QUESTION.value, _("Not answered yet")


class ItemState(models.TextChoices):
    """Where the review of an item stands."""

    TO_REVIEW = "to_review", _("To review")
    CLEAR = "clear", _("Clear")
    QUESTION = "question", _("Question")


class BriefItemQuerySet(models.QuerySet["BriefItem"]):
    """Items, read through their handoff."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the items of the actor's handoffs; a participant sees what was agreed, within the grant, not the risks."""
        items = self.filter(Exists(Handoff.objects.visible_to(actor).filter(pk=OuterRef("handoff"))))
        if actor.participant:
            items = items.exclude(group=RISKS)
            if actor.participant.sections is not None:
                items = items.filter(group__in=actor.participant.sections)
        return items

    def unclear(self) -> Self:
        """Return the items that keep the handoff from being accepted."""
        return self.exclude(state=ItemState.CLEAR)


class BriefItem(models.Model):
    """One item of the brief. `group` is a section's name or `risks`; `source_id` the row, waiver, consent or question.

    `content` is the row as it stood in the agreed `revision`, `title` and `body` its words. A risk has codes and names as
    `content` and no title: `handoff.queries.risk` says it in the reader's language.
    The items of a handoff never change; what was agreed is read from here for good.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    handoff = models.ForeignKey(Handoff, models.CASCADE, related_name="items")
    group = models.CharField(max_length=32)
    kind = models.CharField(max_length=14, choices=ItemKind)
    source_id = models.UUIDField()
    revision = models.ForeignKey("crm.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=ItemState, default=ItemState.TO_REVIEW)
    cleared_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    cleared_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = BriefItemQuerySet.as_manager()

    class Meta:
        ordering = ["handoff", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["handoff", "group", "kind", "source_id"], name="brief_item_once"),
            models.CheckConstraint(
                condition=Q(state="clear", cleared_at__isnull=False) | (~Q(state="clear") & Q(cleared_at=None)),
                name="brief_item_cleared_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.kind

    @property
    def is_clear(self) -> bool:
        """Whether customer success could explain it to the customer."""
        return self.state == ItemState.CLEAR


class ItemQuestionQuerySet(models.QuerySet["ItemQuestion"]):
    """Questions about items: the selling side's own."""

    def visible_to(self, actor: "Actor") -> Self:
        """Return the questions about the items the actor's side reviews; none for participants."""
        if actor.participant:
            return self.none()
        return self.filter(Exists(BriefItem.objects.visible_to(actor).filter(pk=OuterRef("item"))))

    def open(self) -> Self:
        """Return those that wait for an answer."""
        return self.filter(answered_at=None)


class ItemQuestion(models.Model):
    """One question back to the rep and its answer. An item can have several, one after the other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    item = models.ForeignKey(BriefItem, models.CASCADE, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ItemQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["item", "asked_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(answered_at=None), name="item_question_open_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="item_question_answered_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.answered_at is None
