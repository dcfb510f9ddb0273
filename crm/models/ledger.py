"""The ledger: an append-only chain per room. The application's database role can only insert and read."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id
from crm.models.room import Room

if TYPE_CHECKING:
    from crm.actors import Actor


class LedgerQuerySet(models.QuerySet["LedgerEntry"]):
    """Entries in order."""

    def visible_to(self, actor: "Actor") -> "LedgerQuerySet":
        """Return the entries of the actor's rooms."""
        return self.filter(Exists(Room.objects.visible_to(actor).filter(pk=OuterRef("room"))))


class LedgerEntry(models.Model):
    """One link of a room's chain: `hash` covers `prev_hash`, the row's own facts and `payload_digest`.

    `type` is one of asked, answered, recorded, confirmed, contested, withdrawn, reopened, waived, undone, erased.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    room = models.ForeignKey("crm.Room", models.PROTECT, related_name="ledger")
    seq = models.PositiveIntegerField()
    type = models.CharField(max_length=16)
    consent = models.ForeignKey("crm.Consent", models.PROTECT, null=True, related_name="ledger")
    at = models.DateTimeField()
    prev_hash = models.CharField(max_length=64)
    payload_digest = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["room", "seq"]
        constraints = [models.UniqueConstraint(fields=["room", "seq"], name="ledger_seq_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.type}"


class LedgerPayload(models.Model):
    """What an entry says in full, with its salt.

    May hold personal data, so it can be erased; the chain still verifies. It is deleted or left alone: the application's
    role cannot change it.
    """

    entry = models.OneToOneField(LedgerEntry, models.PROTECT, primary_key=True, related_name="payload")
    salt = models.BinaryField(max_length=32)
    content = models.JSONField()

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"


class SignInFacts(models.Model):
    """From where an answer was given: session, address, browser. Kept apart from the payload, and not as long.

    The payload holds their salted digest (`how.facts_digest`), so that they prove something while they are kept, and the
    chain fits without them.
    """

    payload = models.OneToOneField(LedgerPayload, models.CASCADE, primary_key=True, related_name="facts")
    salt = models.BinaryField(max_length=32)
    content = models.JSONField()

    def __str__(self) -> str:
        return f"facts of {self.payload_id}"
