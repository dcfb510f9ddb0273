"""Definitions of custom fields over REST, for reading. Their values stand in `custom` of what they are on."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crm.api.endpoint import reads
from crm.api.fields import Id, Text
from crm.api.listing import Filter, Listing, page
from crm.models import CustomField, CustomFieldOn, CustomFieldType


class CustomFieldAnswer(serializers.Serializer[Any]):
    """One definition. `key` is the name in `custom`."""

    id = Id()
    on = serializers.ChoiceField(CustomFieldOn.choices)
    key = Text(max_length=64)
    label = Text(max_length=200)
    type = serializers.ChoiceField(CustomFieldType.choices)
    choices = serializers.ListField(child=Text())
    required = serializers.BooleanField()
    position = serializers.IntegerField()


CUSTOM_FIELDS = Listing(
    CustomFieldAnswer, filters=(Filter("on", choices=tuple(CustomFieldOn.values)),), sorts=("position", "key")
)


class CustomFieldList(APIView):
    """The custom fields of this installation."""

    @reads("list_custom_fields", "contacts:read", listing=CUSTOM_FIELDS)
    def get(self, request: Request) -> Response:
        """List definitions."""
        return page(request, CUSTOM_FIELDS, CustomField.objects.filter(archived_at=None))
