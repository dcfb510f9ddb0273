"""The way into a room: invitations, codes and sessions. Only hashes of secrets are stored."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id


class Invitation(models.Model):
    """A mailed link to a room. It signs nobody in: its page offers one button, "Send me a code"."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    participant = models.ForeignKey("crm.Participant", models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the 256-bit token, in hex.")
    invited_by = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class SignInCode(models.Model):
    """An eight-character code for one contact and one browser. Consumed by one conditional UPDATE.

    Without a contact it is a blank: nobody is known there, no code was sent, and everything looks and counts the same.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, null=True, related_name="codes")
    browser_hash = models.CharField(max_length=64, help_text="SHA-256 of the asking browser's cookie, in hex.")
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_to = models.CharField(max_length=254, blank=True, help_text="The address with most of it covered: i•••••@….")
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Where it was asked from, for the limits.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["browser_hash", "contact", "-created_at"], name="code_newest"),
            models.Index(fields=["address", "-created_at"], name="code_by_address"),
            models.Index(fields=["contact", "-created_at"], name="code_by_contact"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk}"


class RoomSession(models.Model):
    """A contact's sign-in in one browser, for all the rooms they were let into. 12 h idle, 14 days at most.

    `fresh_at` and `method` say when and how it was last proved who it is; `taken` are the tokens of the forms that were
    taken last, so that none is taken twice.
    """

    class Method(models.TextChoices):
        """What proved it."""

        CODE = "code", _("a code by mail")
        PASSKEY = "passkey", _("a passkey")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, related_name="sessions")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    fresh_at = models.DateTimeField()
    method = models.CharField(max_length=7, choices=Method, default=Method.CODE, db_default=Method.CODE)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    browser = models.CharField(max_length=400, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    taken: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=64), default=list, db_default=[], blank=True, editable=False
    )

    class Meta:
        indexes = [models.Index(fields=["contact", "-created_at"], name="room_session_by_contact")]

    def __str__(self) -> str:
        return f"session {self.pk}"
