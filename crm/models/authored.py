"""Rows that a person of either side wrote."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from crm.models.side import Side

if TYPE_CHECKING:
    from crm.actors import Actor

Row = TypeVar("Row", bound="Draftable")


def private_rows_of(actor: "Actor") -> Q:
    """Return the condition for rows that are shared (`private_to` empty) or private to the actor's own side.

    Partners of one room may come from different firms: a partner's private rows are seen by their author only.
    """
    if actor.is_system:
        return Q()
    mine = Q(private_to=actor.side)
    if actor.side == Side.PARTNER and actor.participant:
        mine &= Q(by_contact=actor.participant.contact_id)
    return Q(private_to="") | mine


def one_draft_each(name: str) -> list[models.BaseConstraint]:
    """Return the constraints that a shared row has one draft of each side, and of each partner, whom nobody else reads."""
    drafts = Q(archived_at=None, replaces__isnull=False)
    of_partner = Q(private_to=Side.PARTNER)
    return [
        models.UniqueConstraint(
            fields=["replaces", "private_to"], condition=drafts & ~of_partner, name=f"{name}_one_draft_a_side"
        ),
        models.UniqueConstraint(
            fields=["replaces", "by_contact"], condition=drafts & of_partner, name=f"{name}_one_draft_a_partner"
        ),
    ]


class Authored(models.Model):
    """Who wrote a row: a user, or a contact in a room, or (both empty) the system. Filled from `Actor.authorship`."""

    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    by_contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    by_side = models.CharField(max_length=8, choices=Side)

    class Meta:
        abstract = True

    @property
    def author_name(self) -> str:
        """The name of whoever wrote it; empty for the system."""
        author = self.by_contact or self.by_user
        return author.name if author else ""


WRITERS = ("by_user", "by_contact", "changed_by_user", "changed_by_contact")
"""What a query selects along to name who wrote a row, and who changed it last."""


class DraftableQuerySet(models.QuerySet[Row]):
    """Rows that may be one side's draft. Which rooms the actor may see is decided by each model's `visible_to`."""

    def shared(self) -> Self:
        """Return what everybody in the room sees: no drafts, nothing archived."""
        return self.filter(private_to="", archived_at=None)

    def seen_by_side(self, actor: "Actor") -> Self:
        """Return shared rows and the actor's own side's drafts. A partner's drafts are seen by their author only."""
        return self.filter(private_rows_of(actor), archived_at=None)


class Draftable(Authored):
    """A row of a section. It is one side's draft while `private_to` names that side, shared when it is empty.

    A draft with `replaces` set (each model has that key to itself) is a change to a shared row: sharing it moves its
    words into that row, which must still be at `base_version`.
    """

    base_version = models.PositiveIntegerField(null=True, blank=True, editable=False)

    changed_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_by_contact = models.ForeignKey("crm.Contact", models.PROTECT, null=True, blank=True, related_name="+")
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    position = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def changed_by_name(self) -> str:
        """The name of whoever wrote the words as they are now: who changed them last, or the author."""
        changed_by = self.changed_by_contact or self.changed_by_user
        return changed_by.name if changed_by else self.author_name

    @property
    def is_changed_by_another(self) -> bool:
        """Whether somebody else than the author changed the words last."""
        last = (self.changed_by_user_id, self.changed_by_contact_id)
        return last not in ((None, None), (self.by_user_id, self.by_contact_id))

    def may_be_changed_by(self, actor: "Actor") -> bool:
        """Whether the actor's side may change these words or take them out, as far as whose words they are matters."""
        return True

    def fields_of_others(self, actor: "Actor") -> tuple[str, ...]:
        """Return the fields that hold another side's own words: that side alone changes them."""
        return ()

    @property
    def is_draft(self) -> bool:
        """Whether only one side sees it so far."""
        return bool(self.private_to)
