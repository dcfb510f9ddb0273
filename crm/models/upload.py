"""A file that came with a form: kept until the form is taken, since no browser sends it again by itself."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from crm.ids import new_id
from crm.models.attachment import Attachment
from crm.models.authored import Authored
from crm.models.room import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class UploadQuerySet(models.QuerySet["Upload"]):
    """Kept files, each read by nobody but who sent it."""

    def visible_to(self, actor: "Actor") -> "UploadQuerySet":
        """Return what the actor sent themselves, in the rooms they are in."""
        contact = actor.participant.contact_id if actor.participant else None
        rooms = Room.objects.visible_to(actor).filter(pk=OuterRef("room"))
        return self.filter(Exists(rooms), by_user=actor.user, by_contact=contact)


class Upload(Authored):
    """One kept file. Its bytes lie at `path` in the storage, by themselves, so that they can go without a trace.

    `attachment` is the file of the room that it has become.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    attachment = models.OneToOneField(Attachment, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="upload_by_age")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where its bytes lie in the storage."""
        return f"uploads/{self.pk}"
