"""Who wrote a row, as answers say it."""

from typing import Any

from rest_framework import serializers

from crm.api.fields import Id, Time
from crm.models import Side


class AuthoredAnswer(serializers.Serializer[Any]):
    """A row somebody wrote: a colleague (`by_user`) or a contact (`by_contact`). `private_to`: seen by that side only."""

    id = Id()
    by_user = Id(source="by_user_id", allow_null=True)
    by_contact = Id(source="by_contact_id", allow_null=True)
    by_side = serializers.ChoiceField(Side.choices)
    private_to = serializers.ChoiceField(Side.choices, allow_blank=True)
    version = serializers.IntegerField()
    created_at = Time()
    updated_at = Time()
