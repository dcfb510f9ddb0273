"""Changes of the address of somebody who answers here: until one is settled, nothing is answered from the new address."""

from django.db import models

from crm.ids import new_id


class AddressChangeQuerySet(models.QuerySet["AddressChange"]):
    """Changes of addresses."""

    def open(self) -> "AddressChangeQuerySet":
        """Return those that nobody has confirmed or vouched for."""
        return self.filter(settled_at=None)


class AddressChange(models.Model):
    """That staff changed the address of a contact who had come in or answered before.

    `old_email` is the last address that proved who they are: of a second change before the first is settled, still the
    first one's. It is settled by that mailbox, by going back to it, or by an administrator who says why (`reason`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contact = models.ForeignKey("crm.Contact", models.CASCADE, related_name="address_changes")
    old_email = models.EmailField(max_length=254)
    changed_by = models.ForeignKey("crm.User", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    vouched_by = models.ForeignKey("crm.User", models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["contact", "-changed_at"], name="address_change_by_contact")]

    def __str__(self) -> str:
        return f"address change {self.pk}"
