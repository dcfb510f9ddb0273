"""Custom fields: definitions as rows, values as JSON on organisations, contacts and deals."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.ids import new_id


class CustomFieldOn(models.TextChoices):
    """What a custom field can be on."""

    ORGANIZATION = "organization", _("Organisation")
    CONTACT = "contact", _("Contact")
    DEAL = "deal", _("Deal")


class CustomFieldType(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    YES_NO = "yes_no", _("Yes or no")


class CustomField(models.Model):
    """One definition. `key` is the name in the JSON and in the API; it does not change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    on = models.CharField(max_length=12, choices=CustomFieldOn)
    key = models.SlugField(max_length=64)
    label = models.CharField(max_length=200)
    type = models.CharField(max_length=8, choices=CustomFieldType)
    choices: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["on", "position", "key"]
        constraints = [models.UniqueConstraint(fields=["on", "key"], name="custom_field_key_once")]

    def __str__(self) -> str:
        return self.label
