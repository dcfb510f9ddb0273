"""Words of thanks: what a rep wrote to people of the client when a deal ended."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from crm.ids import new_id
from deals.models.deal import Deal


class Thanks(models.Model):
    """Words that left as a mail to some people of the room, because whoever ended the deal said so. `to` are participants."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deal = models.ForeignKey(Deal, models.CASCADE, related_name="thanks")
    words = models.TextField()
    to = ArrayField(models.UUIDField())
    by_user = models.ForeignKey("crm.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.words[:80]
