"""Passkeys: another way in for buyers and partners who come often. A passkey belongs to a contact, never to a user."""

from django.db import models

from crm.ids import new_id


class Passkey(models.Model):
    """A key on a person's own device. `credential` is its public half, as WebAuthn packs it (attested credential data)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    credential = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["contact", "created_at"], name="passkey_by_contact")]

    def __str__(self) -> str:
        return self.name


class PasskeyChallenge(models.Model):
    """What one browser's passkey has to sign, once. With a contact it is for adding a passkey, without one for coming in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, null=True, related_name="+")
    browser_hash = models.CharField(max_length=64)
    state = models.JSONField(help_text="The challenge, and whether the person must unlock the device.")
    address = models.GenericIPAddressField(null=True, blank=True, help_text="Where it was asked from, for the limits.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    consumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["browser_hash", "-created_at"], name="passkey_challenge_newest"),
            models.Index(fields=["address", "-created_at"], name="passkey_challenge_by_address"),
        ]

    def __str__(self) -> str:
        return f"challenge {self.pk}"
