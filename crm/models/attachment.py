"""Files: content-addressed, checked before anybody can open them."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.authored import Authored, private_rows_of
from crm.models.room import Room
from crm.models.side import Side
from crm.registry import file_holders

if TYPE_CHECKING:
    from crm.actors import Actor


NO_CONTENT = "0" * 64
"""In the place of a hash: what the file held is gone for good."""


class FileState(models.TextChoices):
    """Whether a file may be opened."""

    QUARANTINED = "quarantined", _("Being checked")
    CLEAN = "clean", _("Checked")
    REFUSED = "refused", _("Refused")
    TAKEN_OUT = "taken_out", _("Taken out")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files, read through their rooms."""

    def visible_to(self, actor: "Actor") -> "AttachmentQuerySet":
        """Return what the actor's side may see in the actor's rooms.

        A file belongs to no section: a participant with limited sections gets their own, and those that hang on
        something they see, such as the evidence of what was written down in their name.
        """
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        files = self.filter(Exists(rooms), private_rows_of(actor))
        if actor.participant and actor.participant.sections is not None:
            own = Q(by_contact=actor.participant.contact_id)
            files = files.filter(reduce(or_, file_holders(actor), own))
        return files


class Attachment(Authored):
    """One file in a room. `sha256` is the hash of its bytes and its name in the storage; `size` is in bytes.

    Pictures of its first `preview_pages` pages are kept beside it: none for kinds that have none.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=11, choices=FileState, default=FileState.QUARANTINED)
    preview_pages = models.PositiveSmallIntegerField(default=0, db_default=0)
    private_to = models.CharField(max_length=8, choices=Side, blank=True)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["room", "-created_at"], name="attachment_by_room")]
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_hashed")]

    def __str__(self) -> str:
        return self.name

    def may_be_taken_out_by(self, actor: "Actor") -> bool:
        """Whether the actor put it in, or owns the room. It may be evidence all the same, and stay."""
        if self.state == FileState.TAKEN_OUT:
            return False
        if actor.participant:
            return self.by_contact_id == actor.participant.contact_id
        return actor.user is not None and actor.user.pk in (self.by_user_id, self.room.owner_id)

    @property
    def has_pages(self) -> bool:
        """Whether there are pictures to look at: of a file that was erased since there are none."""
        return self.state == FileState.CLEAN and self.preview_pages > 0
